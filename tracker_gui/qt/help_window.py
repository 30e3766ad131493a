"""The help pages in a window beside the work: contents and search at the left, the page at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QKeySequence, QShortcut, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QTextBrowser,
    QTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from tracker_gui.core.errors import TrackerError
from tracker_gui.qt.help_pages import FIRST, PAGE_PROPERTY, HelpPage, read_pages
from tracker_gui.qt.remark import Remark
from tracker_gui.qt.theme.appearance import appearance, colours
from tracker_gui.qt.theme.icons import ICON_SIZE, icon
from tracker_gui.qt.theme.sizes import resize_within

if TYPE_CHECKING:
    from tracker_gui.qt.main_window import MainWindow

SIZE_PX = (960, 700)
CONTENTS_PX = 248
MARGIN_PX = 24
ROW_PX = 8


class HelpWindow(QDialog):
    """All pages; never modal, so that one can read and do."""

    def __init__(self, window: MainWindow, pages: list[HelpPage]) -> None:
        super().__init__(window)
        self.pages = pages
        # Not the browser's own source, which is still the one before when it tells of a new one.
        self._shown = ""
        self.setWindowTitle("Help")
        self.setObjectName("help")
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search the help")
        self.search.setAccessibleName("Search the help")
        self.search.setToolTip("Words in any order; Return goes to the next place on the page")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._search)
        self.search.returnPressed.connect(self.find_next)
        self.contents = QListWidget()
        self.contents.setAccessibleName("Contents")
        self.contents.setWordWrap(True)
        self.contents.currentRowChanged.connect(self._chosen)
        self.nothing = QLabel("No page has all these words. Try fewer, or other ones.")
        self.nothing.setWordWrap(True)
        self.nothing.setProperty("tone", "warn")
        self.nothing.hide()
        for page in pages:
            item = QListWidgetItem(page.title)
            item.setData(Qt.ItemDataRole.UserRole, page.name)
            self.contents.addItem(item)
        self.browser = QTextBrowser()
        self.browser.setAccessibleName("Page")
        self.browser.setOpenExternalLinks(True)
        self.browser.document().setDocumentMargin(MARGIN_PX)
        self.browser.sourceChanged.connect(self._show_source)
        self.back = self._button("arrow-left", "To the page before (Alt+Left)", self.browser.backward)
        self.forward = self._button("arrow-right", "Forward again (Alt+Right)", self.browser.forward)
        self.browser.backwardAvailable.connect(self.back.setEnabled)
        self.browser.forwardAvailable.connect(self.forward.setEnabled)
        for button in (self.back, self.forward):
            button.setEnabled(False)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.setFocus)
        self._lay_out(window)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self.show_page(FIRST)

    def _button(self, name: str, tip: str, act: object) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setIconSize(ICON_SIZE)
        button.setToolTip(tip)
        button.setAccessibleName(tip)
        button.clicked.connect(act)
        return button

    def _lay_out(self, window: MainWindow) -> None:
        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.back)
        head.addWidget(self.forward)
        head.addWidget(self.search, 1)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self.contents, 1)
        column.addWidget(self.nothing)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(8)
        splitter.addWidget(left)
        splitter.addWidget(self.browser)
        splitter.setSizes([CONTENTS_PX, SIZE_PX[0] - CONTENTS_PX])
        splitter.setStretchFactor(1, 1)
        whole = QHBoxLayout(self)
        whole.setContentsMargins(12, 12, 12, 12)
        whole.addWidget(splitter)
        resize_within(self, SIZE_PX, window.size(), 40)

    # ---- what is shown

    @property
    def shown(self) -> str:
        """Name of the page that is shown."""
        return self._shown

    def show_page(self, name: str) -> None:
        """Show a page by its name, the first one where there is none of this name."""
        page = next((page for page in self.pages if page.name == name), self.pages[0])
        if page.name != self.shown:
            self.browser.setSource(QUrl.fromLocalFile(str(page.path)), QTextDocument.ResourceType.MarkdownResource)

    def listed(self) -> list[str]:
        """Return the names of the pages that the search leaves."""
        return [page.name for row, page in enumerate(self.pages) if not self.contents.item(row).isHidden()]

    def _chosen(self, row: int) -> None:
        if 0 <= row < len(self.pages):
            self.show_page(self.pages[row].name)

    def _show_source(self, url: QUrl) -> None:
        self._shown = url.fileName().removesuffix(".md")
        names = [page.name for page in self.pages]
        if self._shown in names:
            self.contents.setCurrentRow(names.index(self._shown))
        self._dress()
        self._mark()

    def _dress(self) -> None:
        """Give tables, code and headings room: Markdown says nothing about that."""
        document = self.browser.document()
        document.setDocumentMargin(MARGIN_PX)
        block = document.begin()
        cursor = QTextCursor(document)
        cursor.beginEditBlock()
        while block.isValid():
            if cursor.block() != block:
                cursor.setPosition(block.position())
            shape = block.blockFormat()
            if shape.headingLevel() > 1:
                shape.setTopMargin(16)
            if cursor.currentTable() is None:
                shape.setLineHeight(125, 1)  # in percent of the font's own
                cursor.setBlockFormat(shape)
            block = block.next()
        cursor.endEditBlock()
        for frame in document.rootFrame().childFrames():
            style = frame.frameFormat()
            if style.isTableFormat():
                table = style.toTableFormat()
                table.setCellPadding(6)
                table.setCellSpacing(0)
                table.setBorder(1)
                table.setBorderCollapse(True)
                table.setBorderBrush(self.palette().mid())
                frame.setFrameFormat(table)

    # ---- search

    def _words(self) -> list[str]:
        return self.search.text().split()

    def _search(self) -> None:
        words = self._words()
        for row, page in enumerate(self.pages):
            self.contents.item(row).setHidden(not page.has(words))
        listed = self.listed()
        self.nothing.setVisible(not listed)
        if words and listed and self.shown not in listed:
            self.show_page(listed[0])
        else:
            self._mark()
        if words:
            self.browser.moveCursor(QTextCursor.MoveOperation.Start)
            self.find_next()

    def _mark(self) -> None:
        marks = []
        look = QTextCharFormat()
        look.setBackground(self.palette().highlight())
        look.setForeground(self.palette().highlightedText())
        document = self.browser.document()
        for word in self._words():
            cursor = document.find(word)
            while not cursor.isNull():
                mark = QTextEdit.ExtraSelection()
                mark.cursor, mark.format = cursor, look  # type: ignore[misc, assignment]
                marks.append(mark)
                cursor = document.find(word, cursor)
        self.browser.setExtraSelections(marks)

    def find_next(self) -> None:
        """Go to the next place of the first word, from the end back to the beginning."""
        words = self._words()
        if words and not self.browser.find(words[0]):
            self.browser.moveCursor(QTextCursor.MoveOperation.Start)
            self.browser.find(words[0])

    def _recolour(self) -> None:
        for button in (self.back, self.forward):
            button.setIcon(icon(button.objectName()))
        # Links have their colour from the time the page was read.
        self.browser.document().setDefaultStyleSheet(f"a {{ color: {colours().accent}; }}")
        if self.browser.source().isValid():
            self.browser.reload()
            self._show_source(self.browser.source())


def page_for(widget: QWidget | None) -> str:
    """Return the page that fits a widget: its own, or that of what it lies in."""
    while widget is not None:
        name = widget.property(PAGE_PROPERTY)
        if name:
            return str(name)
        widget = widget.parentWidget()
    return FIRST


def show_help(window: MainWindow, page: str | None = None) -> HelpWindow | None:
    """Show the help of a window, on the page that fits what has the focus if none is named."""
    shown = window.findChildren(HelpWindow)
    if shown:
        help_window = shown[0]
    else:
        try:
            help_window = HelpWindow(window, read_pages())
        except TrackerError as error:
            window.notices.say(Remark("help", "bad", str(error)))
            return None
    focused = QApplication.focusWidget()
    if not (focused is not None and help_window.isAncestorOf(focused)):
        help_window.show_page(page or page_for(focused))
    help_window.show()
    help_window.raise_()
    help_window.activateWindow()
    return help_window
