"""The process that runs the cells of a session, one after another in one interpreter.

A cell can reach all that is in here: what it does to the next one is the business of whoever sends both.
"""
import builtins
import linecache
import os
import select
import sys

import brigbox_child as children
import brigbox_exits as exits
import brigbox_hardening as hardening
import brigbox_job as jobs
import brigbox_outcome as outcomes
import brigbox_rehearsal as rehearsal

LISTS = ("meta_path", "path_hooks", "path")


def run(pipes, orders, answers, root, is_ahead):
    """Gets ready, and runs cell after cell. Never returns."""
    result = children.settle_in(pipes, (orders, answers), root)
    for descriptor in (orders, answers):
        os.set_inheritable(descriptor, False)
    children.end_stdin()
    install_hook = rehearsal.rehearse(children.make_main_module, outcomes.conclude, root)
    # Kept here, since the code may replace what it finds in these modules.
    tools = (os.write, os._exit, os.getpid, os.getpid())
    main = type(sys)("__main__")
    main.__builtins__ = builtins
    os.write(answers, b"R")
    functions, view = None, None
    while True:
        _await_cell(orders)
        job, inputs, error = _take_cell(orders, root)
        if functions is None:
            hardening.limit_resources(dict(job["limits"], cpuTimeMs=None), 0)
            functions = children.install_audit_hook(job, root, install_hook)
            del install_hook
        _enter_cell(main, job, functions)
        if error is None:
            error = children.attempt(children.define_inputs, inputs, main.__dict__)
        del inputs
        view = _run_cell(main.__dict__, job, error, functions, view, (result, tools))
        del error
        tools[0](answers, b"D")


def _await_cell(orders):
    """What handlers and threads of the code throw in here meanwhile is none of the next cell's."""
    poll = select.poll()
    poll.register(orders, select.POLLIN)
    while True:
        try:
            if poll.poll():
                return
        except BaseException:  # noqa: B902 - see above
            pass


def _take_cell(orders, root):
    """The job, its inputs, and why its files could not be written, if so. What was sent is read to its end in any case."""
    try:
        job = jobs.read_header(orders)
        inputs = jobs.read_inputs(job, orders)
        error = children.attempt(_make_folders, root)
        for file in job["files"]:
            pieces = jobs.read_pieces(orders, file["bytes"])
            error = error or children.attempt(jobs.write_file, root, file["path"], pieces, True)
            for _ in pieces:
                pass
        return job, inputs, error
    except EOFError:
        os._exit(exits.HANG_UP)


def _make_folders(root):
    for folder in (root + "/in", root + "/out"):
        if os.path.islink(folder) or not os.path.isdir(folder):
            if os.path.lexists(folder):
                os.unlink(folder)
            os.mkdir(folder, 0o755)


def _enter_cell(main, job, functions):
    children.attempt(_know_source, job)
    children.enter_main_module(main, job)
    functions[1](job["fileName"])


def _run_cell(namespace, job, error, functions, view, ways):
    """Returns what the cell made of the parts of the interpreter that are Python's own while nothing runs."""
    result, (write, leave, process_id, own_id) = ways
    before = children.hide_harness()
    if view is not None:
        children.attempt(_put_back, *view)
    if error is None:
        error = children.attempt(children.execute, job, namespace)
    children.attempt(children.flush_streams)
    view = {name: getattr(sys, name, []) for name in LISTS}, dict(vars(builtins))
    children.attempt(children.restore_interpreter, *before)
    if process_id() != own_id:
        children.leave_fork(error, job, write, leave)
    outcome, payload, _ = outcomes.conclude(error, job, namespace)
    outcome["auditEvents"] = functions[0]()
    children.tell_outcome(write, result, outcome, payload)
    return view


def _know_source(job):
    """Functions of one cell are called in later ones, and their lines are to be in the tracebacks then."""
    name, code = job["fileName"], job["code"]
    linecache.cache[name] = (len(code), None, code.splitlines(True), name)


def _put_back(lists, names):
    """As the cell before left them."""
    for name, items in lists.items():
        setattr(sys, name, items)
    vars(builtins).update(names)
