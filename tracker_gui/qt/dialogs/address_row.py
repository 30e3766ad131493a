"""The address of a network camera, and who one is to it: typed apart, so that no address ever shows a password."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QPushButton, QWidget

from tracker_gui.core.logins import Login
from tracker_gui.qt.theme.appearance import appearance
from tracker_gui.qt.theme.icons import icon

KEPT = "kept"


class AddressRow(QWidget):
    """`tested(address, login)` carries a `Login`, or None where none was typed."""

    tested = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.address, self.user, self.password = QLineEdit(), QLineEdit(), QLineEdit()
        self.address.setPlaceholderText("rtsp://camera/stream1 or http://camera/video.mjpg")
        self.address.setToolTip("The camera's own address; its manual or its web page names it")
        self.user.setToolTip("Where the camera asks for one; kept on this computer for you alone, never in a preset")
        self.password.setToolTip(self.user.toolTip())
        self.password.setEchoMode(QLineEdit.EchoMode.Password)
        self.test = QPushButton("Test")
        self.test.setToolTip("Open it, and show below what comes")
        self.test.setAutoDefault(False)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        for column, (name, line) in enumerate(
            (("Address", self.address), ("User name", self.user), ("Password", self.password))
        ):
            label = QLabel(name)
            label.setProperty("dim", True)
            label.setBuddy(line)
            line.setAccessibleName(name)
            grid.addWidget(label, 0, column)
            grid.addWidget(line, 1, column)
            line.returnPressed.connect(self._test)
        grid.addWidget(self.test, 1, 3)
        grid.setColumnStretch(0, 4)
        grid.setColumnStretch(1, 1)
        grid.setColumnStretch(2, 1)
        self.address.textChanged.connect(self._enable)
        self.address.textEdited.connect(self._forget_kept)
        self.test.clicked.connect(self._test)
        appearance().changed.connect(self._recolour)
        self._recolour()
        self._enable()

    @property
    def has_focus(self) -> bool:
        return any(line.hasFocus() for line in (self.address, self.user, self.password))

    def show_camera(self, address: str, login: Login | None) -> None:
        """Show a camera that is known; its password is not shown, only that there is one."""
        with QSignalBlocker(self.address):
            self.address.setText(address)
        self.user.setText("" if login is None else login.user)
        self.password.clear()
        self.password.setPlaceholderText(KEPT if login is not None and login.password else "")
        self._enable()

    def _forget_kept(self) -> None:
        self.password.setPlaceholderText("")

    def _enable(self) -> None:
        self.test.setEnabled(bool(self.address.text().strip()))

    def _test(self) -> None:
        address, user, password = self.address.text().strip(), self.user.text().strip(), self.password.text()
        if address:
            self.tested.emit(address, Login(user, password) if user or password else None)

    def _recolour(self) -> None:
        self.test.setIcon(icon("lan-connect"))
