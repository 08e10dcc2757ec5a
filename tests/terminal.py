"""Plays a person at a terminal: starts a program on one of its own, types, and says what was on the screen.

Standard input: {"program": [...], "steps": [["wait", TEXT], ["type", TEXT]], "secrets": [...]}. Standard output: what was
shown, how the program ended (minus the signal, if by one), whether the terminal wrote back what was typed, whether it is left
as it was, and where one of the secrets was seen that every program on this computer may read.
"""

import fcntl
import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios

PATIENCE = 100


class Person:
    def __init__(self, program, secrets):
        self.master, self.slave = pty.openpty()
        self.before = termios.tcgetattr(self.slave)
        self.shown, self.heard, self.seen, self.echoed = b"", {}, [], False
        self.secrets = [secret.encode() for secret in secrets]
        own = lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0)
        self.child = subprocess.Popen(program, stdin=self.slave, stdout=self.slave, stderr=self.slave, start_new_session=True, preexec_fn=own)

    def look(self):
        """What there is to see by now, and what lies open to all."""
        for part in ("cmdline", "environ"):
            try:
                with open(f"/proc/{self.child.pid}/{part}", "rb") as file:
                    text = file.read()
            except OSError:
                continue
            self.seen += [part for secret in self.secrets if secret in text]
        ready, _, _ = select.select([self.master], [], [], 0.01)
        if ready:
            self.shown += os.read(self.master, 4096)

    def until(self, there):
        while not there():
            self.look()

    def wait(self, text):
        """For a question, and for what is typed to be the program's alone."""
        self.until(lambda: self.shown.count(text.encode()) > self.heard.get(text, 0))
        self.heard[text] = self.shown.count(text.encode())
        self.until(lambda: not termios.tcgetattr(self.slave)[3] & termios.ECHO)

    def type(self, text):
        self.echoed = self.echoed or bool(termios.tcgetattr(self.slave)[3] & termios.ECHO)
        os.write(self.master, text.encode())

    def end(self):
        self.until(lambda: self.child.poll() is not None)
        while select.select([self.master], [], [], 0)[0]:
            self.shown += os.read(self.master, 4096)
        shown = self.shown.decode(errors="replace")
        return {
            "shown": shown,
            "status": self.child.returncode,
            "echoed": self.echoed,
            "restored": termios.tcgetattr(self.slave) == self.before,
            "seen": self.seen,
        }


def main():
    asked = json.load(sys.stdin)
    signal.alarm(PATIENCE)
    person = Person(asked["program"], asked["secrets"])
    for verb, text in asked["steps"]:
        getattr(person, verb)(text)
    json.dump(person.end(), sys.stdout)


main()
