"""The few rules Fusion's palette cannot say: flat surfaces instead of its gradients."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtGui import QFontDatabase

from tracker_gui.core.data_files import resources_folder

if TYPE_CHECKING:
    from tracker_gui.qt.theme.colours import Colours


def style_rules(c: Colours, text_percent: int = 100) -> str:
    """Return the application's style sheet in these colours, with text of this size."""
    icons = (resources_folder() / "icons").as_posix()
    face = "dark" if c.is_dark else "light"
    pt = text_percent / 100
    fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
    rules = f"""
    QMainWindow, QMainWindow > QWidget#page {{ background: {c.base}; }}
    QMainWindow::separator {{ background: {c.base}; width: 8px; height: 8px; }}
    QMenuBar {{ background: {c.panel}; padding: 2px 8px; }}
    QMenuBar::item {{ padding: 4px 8px; border-radius: 4px; background: transparent; }}
    QMenuBar::item:selected {{ background: {c.raised}; }}
    QMenu {{ background: {c.panel}; border: 1px solid {c.line}; padding: 4px; }}
    QMenu::item {{ padding: 5px 28px 5px 28px; border-radius: 4px; }}
    QMenu::item:selected {{ background: {c.raised}; color: {c.text}; }}
    QMenu::item:disabled {{ color: {c.dim}; }}
    QMenu::separator {{ height: 1px; background: {c.line}; margin: 4px 8px; }}
    QMenu::icon {{ padding-left: 8px; }}
    QToolBar {{ background: {c.panel}; border: none; spacing: 4px; padding: 6px 12px; }}
    QToolBar::separator {{ background: {c.line}; width: 1px; margin: 6px 8px; }}
    QToolButton {{ background: transparent; border: 1px solid transparent; border-radius: 4px; padding: 4px 6px; }}
    QToolButton:hover {{ background: {c.raised}; }}
    QToolButton:pressed, QToolButton:checked {{ background: {c.raised}; border-color: {c.line}; }}
    QToolButton:focus {{ border-color: {c.accent}; }}
    QToolButton:disabled {{ color: {c.dim}; }}
    QToolButton::menu-indicator {{ image: none; }}
    QToolButton[quiet="true"]:checked {{ background: transparent; border-color: transparent; }}
    QToolButton[segment="true"]:checked {{ color: {c.accent}; }}
    QToolButton[chip="true"] {{ padding: 4px 0px; }}
    QToolButton[link="true"] {{ color: {c.accent}; padding: 2px 0px; }}
    QToolButton[link="true"]:hover {{ background: transparent; text-decoration: underline; }}
    QPushButton {{ background: {c.raised}; border: 1px solid {c.line}; border-radius: 4px; padding: 5px 12px; }}
    QPushButton:hover {{ border-color: {c.dim}; }}
    QPushButton:pressed {{ background: {c.line}; }}
    QPushButton:focus {{ border-color: {c.accent}; }}
    QPushButton:disabled {{ color: {c.dim}; border-color: {c.raised}; }}
    QPushButton::menu-indicator {{ image: none; }}
    QPushButton[large="true"] {{ font-size: {13 * pt:.1f}pt; }}
    QPushButton[primary="true"] {{ background: {c.accent}; color: {c.on_accent}; border-color: {c.accent};
        font-weight: 600; }}
    QPushButton[primary="true"]:disabled {{ background: {c.raised}; color: {c.dim}; border-color: {c.line}; }}
    QPushButton[stop="true"] {{ background: {c.raised}; color: {c.bad}; border-color: {c.bad}; font-weight: 600; }}
    QPushButton[stop="true"]:disabled {{ color: {c.dim}; border-color: {c.line}; }}
    QPushButton[estop="true"] {{ background: {c.bad}; color: {c.on_stop}; border-color: {c.bad}; font-weight: 700; }}
    QPushButton[estop="true"]:hover {{ border-color: {c.text}; }}
    QPushButton[estop="true"]:focus {{ border-color: {c.text}; }}
    QToolButton[tone="warn"] {{ color: {c.warn}; font-weight: 600; }}
    QPushButton[card="true"] {{ border-color: transparent; border-radius: 6px; padding: 0px; text-align: left; }}
    QPushButton[card="true"]:hover {{ border-color: {c.dim}; }}
    QPushButton[card="true"]:focus {{ border-color: {c.accent}; }}
    QPushButton[card="true"]:checked {{ border: 2px solid {c.accent}; }}
    QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit, QPlainTextEdit {{ background: {c.raised}; border-radius: 4px;
        border: 1px solid {c.line}; padding: 2px 6px; selection-background-color: {c.accent};
        selection-color: {c.on_accent}; }}
    QAbstractSpinBox QLineEdit {{ border: none; background: transparent; padding: 0px; }}
    QComboBox:hover, QSpinBox:hover, QDoubleSpinBox:hover, QLineEdit:hover {{ border-color: {c.dim}; }}
    QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QLineEdit:focus, QPlainTextEdit:focus {{
        border-color: {c.accent}; }}
    QComboBox:disabled, QSpinBox:disabled, QDoubleSpinBox:disabled, QLineEdit:disabled {{ color: {c.dim};
        border-color: {c.raised}; }}
    QFrame[card="true"] QComboBox, QFrame[card="true"] QAbstractSpinBox, QFrame[card="true"] QLineEdit,
    QFrame[card="true"] QPlainTextEdit {{ background: {c.panel}; }}
    QComboBox::drop-down {{ border: none; width: 22px; }}
    QComboBox::down-arrow {{ image: url({icons}/chevron-down-{face}.svg); width: 12px; height: 12px; }}
    QComboBox QAbstractItemView {{ background: {c.panel}; border: 1px solid {c.line}; padding: 4px; outline: 0;
        selection-background-color: {c.raised}; selection-color: {c.text}; }}
    QComboBox QAbstractItemView::item {{ min-height: 24px; padding: 0px 6px; }}
    QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ border: none; background: transparent;
        width: 16px; subcontrol-origin: border; margin-right: 3px; }}
    QAbstractSpinBox::up-button {{ subcontrol-position: top right; margin-top: 3px; }}
    QAbstractSpinBox::down-button {{ subcontrol-position: bottom right; margin-bottom: 3px; }}
    QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover {{ background: {c.line};
        border-radius: 2px; }}
    QAbstractSpinBox::up-arrow {{ image: url({icons}/chevron-up-{face}.svg); width: 8px; height: 8px; }}
    QAbstractSpinBox::down-arrow {{ image: url({icons}/chevron-down-{face}.svg); width: 8px; height: 8px; }}
    QCheckBox {{ spacing: 8px; }}
    QCheckBox::indicator, QTreeView::indicator {{ width: 14px; height: 14px; border: 1px solid {c.dim};
        border-radius: 3px; background: transparent; }}
    QCheckBox::indicator:hover, QCheckBox::indicator:focus {{ border-color: {c.accent}; }}
    QCheckBox::indicator:checked, QTreeView::indicator:checked {{ background: {c.accent}; border-color: {c.accent};
        image: url({icons}/check-{face}.svg); }}
    QCheckBox::indicator:disabled {{ border-color: {c.line}; }}
    QCheckBox::indicator:checked:disabled {{ background: {c.line}; border-color: {c.line}; }}
    QSlider::groove:horizontal {{ height: 3px; background: {c.line}; border-radius: 1px; }}
    QSlider::sub-page:horizontal {{ background: {c.accent}; border-radius: 1px; }}
    QSlider::sub-page:horizontal:disabled {{ background: {c.line}; }}
    QSlider::handle:horizontal {{ background: {c.text}; width: 12px; height: 12px; margin: -5px 0;
        border-radius: 6px; border: none; }}
    QSlider::handle:horizontal:hover, QSlider::handle:horizontal:focus {{ background: {c.accent}; }}
    QSlider::handle:horizontal:disabled {{ background: {c.dim}; }}
    QScrollArea, QScrollArea > QWidget > QWidget#body {{ background: {c.panel}; border: none; }}
    QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
    QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
    QScrollBar::handle {{ background: {c.line}; border-radius: 3px; min-height: 24px; min-width: 24px; margin: 2px; }}
    QScrollBar::handle:hover {{ background: {c.dim}; }}
    QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
    QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
    QStatusBar {{ background: {c.panel}; border-top: 8px solid {c.base}; }}
    QStatusBar::item {{ border: none; }}
    QFrame[card="true"] {{ background: {c.raised}; border: none; border-radius: 6px; }}
    QFrame[surface="true"] {{ background: {c.panel}; border: none; }}
    QFrame[inset="true"] {{ background: {c.panel}; border: none; border-radius: 4px; }}
    QFrame[inset="true"] QComboBox, QFrame[inset="true"] QAbstractSpinBox, QFrame[inset="true"] QLineEdit,
    QFrame[inset="true"] QPlainTextEdit {{ background: {c.raised}; }}
    QPushButton[left="true"] {{ text-align: left; padding: 5px 4px; }}
    QLineEdit[quiet="true"], QFrame[card="true"] QLineEdit[quiet="true"] {{ background: transparent;
        border-color: transparent; font-weight: 600;
        padding: 2px 2px; }}
    QFrame[card="true"] QLineEdit[quiet="true"]:hover {{ border-color: {c.line}; }}
    QFrame[card="true"] QLineEdit[quiet="true"]:focus {{ border-color: {c.accent}; }}
    QFrame[popup="true"] {{ background: {c.panel}; border: 1px solid {c.dim}; }}
    QFrame[drophint="true"] {{ background: {c.panel}; border: 2px dashed {c.accent}; border-radius: 8px; }}
    QFrame[drophint="true"][kind="bad"] {{ border-color: {c.bad}; }}
    QFrame[notice="true"] {{ background: {c.raised}; border: none; border-left: 3px solid {c.accent}; }}
    QFrame[notice="true"][kind="bad"] {{ border-left-color: {c.bad}; }}
    QFrame[notice="true"][kind="warn"] {{ border-left-color: {c.warn}; }}
    QFrame[notice="true"][kind="ok"] {{ border-left-color: {c.ok}; }}
    QPlainTextEdit[fixed="true"] {{ font-family: "{fixed}"; }}
    QLabel[dim="true"] {{ color: {c.dim}; }}
    QLabel[tone="ok"] {{ color: {c.ok}; }}
    QLabel[tone="warn"] {{ color: {c.warn}; }}
    QLabel[tone="bad"] {{ color: {c.bad}; }}
    QLabel[headline="true"] {{ font-size: {17 * pt:.1f}pt; font-weight: 600; }}
    QLabel[large="true"] {{ font-size: {16 * pt:.1f}pt; }}
    QLabel[strong="true"] {{ font-weight: 600; }}
    QLabel[section="true"] {{ font-size: {12 * pt:.1f}pt; font-weight: 600; }}
    QLabel[unused="true"] {{ color: {c.dim}; }}
    QDockWidget {{ font-weight: 600; }}
    QDockWidget > QWidget {{ font-weight: 400; }}
    QDockWidget::title {{ background: {c.base}; padding: 6px 12px; }}
    QHeaderView {{ background: {c.panel}; border: none; }}
    QHeaderView::section {{ background: {c.panel}; color: {c.dim}; border: none; border-bottom: 1px solid {c.line};
        padding: 4px 8px; }}
    QTableCornerButton::section {{ background: {c.raised}; border: none; border-bottom: 1px solid {c.line}; }}
    QAbstractScrollArea::corner {{ background: transparent; border: none; }}
    QTableView {{ background: {c.panel}; border: none; gridline-color: {c.line};
        selection-background-color: {c.raised}; selection-color: {c.text}; }}
    QSplitter::handle {{ background: {c.base}; }}
    QGraphicsView {{ border: none; }}
    QToolTip {{ background: {c.raised}; color: {c.text}; border: 1px solid {c.line}; padding: 4px 6px; }}
    QProgressBar {{ background: {c.raised}; border: none; border-radius: 3px; max-height: 6px; }}
    QProgressBar::chunk {{ background: {c.accent}; border-radius: 3px; }}
    QTreeView {{ background: {c.raised}; border: none; border-radius: 4px; outline: 0; }}
    QTreeView::item {{ min-height: 24px; padding: 0px 4px; }}
    QTreeView::item:selected {{ background: {c.line}; color: {c.text}; }}
    QHeaderView {{ background: {c.raised}; border: none; }}
    QHeaderView::section {{ background: {c.raised}; color: {c.dim}; border: none; border-bottom: 1px solid {c.line};
        padding: 4px 6px; }}
    QListView {{ background: {c.raised}; border: none; border-radius: 4px; outline: 0; }}
    QListView[strip="true"] {{ background: transparent; }}
    QListView::item {{ padding: 3px 4px; }}
    QListView::item:selected {{ background: {c.line}; color: {c.text}; }}
    QListWidget::indicator {{ width: 12px; height: 12px; border: 1px solid {c.dim}; border-radius: 3px;
        background: {c.panel}; }}
    QListWidget::indicator:checked {{ background: {c.accent}; border-color: {c.panel};
        image: url({icons}/check-{face}.svg); }}
    """
    return rules + _strong_rules(c) if c.strong else rules


def _strong_rules(c: Colours) -> str:
    """Return what high contrast adds: every edge is drawn, and what is chosen or has the focus cannot be missed."""
    return f"""
    QMainWindow::separator, QSplitter::handle {{ background: {c.line}; }}
    QFrame[card="true"], QFrame[surface="true"], QPushButton[card="true"] {{ border: 1px solid {c.line}; }}
    QFrame[notice="true"] {{ border: 1px solid {c.line}; border-left-width: 4px; }}
    QMenu::item:selected, QMenuBar::item:selected, QTreeView::item:selected, QListView::item:selected,
    QTableView::item:selected {{ background: {c.accent}; color: {c.on_accent}; }}
    QComboBox QAbstractItemView, QTableView {{ selection-background-color: {c.accent};
        selection-color: {c.on_accent}; border: 1px solid {c.line}; }}
    QTreeView, QListView {{ border: 1px solid {c.line}; }}
    QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit, QPlainTextEdit, QPushButton {{ border-color: {c.dim}; }}
    QToolButton:hover, QToolButton:checked {{ border-color: {c.text}; }}
    QPushButton[card="true"]:checked {{ border: 3px solid {c.accent}; }}
    QToolButton:focus, QPushButton:focus, QComboBox:focus, QSpinBox:focus, QDoubleSpinBox:focus, QLineEdit:focus,
    QPlainTextEdit:focus, QPushButton[card="true"]:focus {{ border: 2px solid {c.accent}; }}
    QAbstractSpinBox QLineEdit, QAbstractSpinBox QLineEdit:focus {{ border: none; }}
    QSlider::groove:horizontal, QProgressBar {{ background: {c.line}; }}
    QScrollBar::handle {{ background: {c.dim}; }}
    QStatusBar {{ border-top: 1px solid {c.line}; }}
    QDockWidget::title {{ border: 1px solid {c.line}; }}
    """
