"""Set-up and supervision: everything between a fresh checkout and a running installation.

This package stands apart: it imports nothing of the apps, so that it can start the database which the
apps need. The parts, from the bottom up:

* ``setup``     virtual environment and frontend build; standard library only, runs before anything exists
* ``launch``    the small program that becomes each child process
* ``processes`` starting, finding and ending processes
* ``postgres``, ``roles``, ``valkey``  the embedded servers and the database roles
* ``group``     the supervised group: health, restart with back-off, logs, clean stop
* ``environment``, ``services``, ``command``  ``make run``: what runs, with which environment, in which order
* ``doctor``    what is wrong with an installation and what to do
* ``testing``   throw-away servers for the test suite
"""
