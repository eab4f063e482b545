"""What the process that waits for a job does meanwhile, so that the code finds done what costs time at the first use.

After a fork each page of memory is copied when it is first written to, and Python writes to an object whenever it looks at one. The
libraries also import some of their parts only when they are needed. Nothing of this is left but the copies.
"""
import gc
import sys

_NUMPY = """
import numpy as np
steps = np.linspace(1.0, 2.0, 64)
result = np.where(steps > 1.5, np.log(steps), np.sqrt(steps)).reshape(8, 8).mean(axis=0)
"""

_PANDAS = """
import numpy as np
import pandas as pd
days = pd.date_range("2000-01-03", periods=80, freq="B")
prices = pd.DataFrame({"a": np.linspace(1.0, 2.0, 80), "b": np.linspace(2.0, 1.0, 80)}, index=days)
returns = prices.pct_change().fillna(0.0)
slow, fast = prices["a"].rolling(20).mean(), prices["a"].ewm(span=5).mean()
signal = (fast > slow).astype(float).shift(1).fillna(0.0)
result = {"sharpe": float(returns["b"].mean() / returns["b"].std()), "last": prices.iloc[-1].to_dict()}
held = prices.where(prices > prices.shift(1)).dropna().loc[days[10]:].sort_values("a").cumsum().describe()
means = prices.assign(month=days.month).groupby("month").agg(["mean", "max"])
"""


def rehearse(make_main_module, conclude, root):
    """Runs a small job in this very process, by the same functions. Code that fails here is none of the job's business.

    Returns what installs the audit hook, which is made here.
    """
    import brigbox_audit
    import brigbox_hardening
    import brigbox_meter
    import resource

    install_hook = brigbox_audit.prepare(root)
    resource.getrlimit(resource.RLIMIT_CORE)
    brigbox_hardening.cpu_seconds()
    brigbox_meter.read_baseline()
    for library, code in (("numpy", _NUMPY), ("pandas", _PANDAS)):
        if library in sys.modules:
            _try_out(code, make_main_module, conclude)
    # The job begins and ends with a look at all modules.
    dict(sys.modules).keys() - sys.modules.keys()
    gc.collect()
    gc.freeze()
    return install_hook


def _try_out(code, make_main_module, conclude):
    job = {
        "code": code,
        "fileName": "rehearsal.py",
        "returns": ["signal", "result"],
        "limits": {"resultBytes": 1 << 20},
    }
    main = sys.modules["__main__"]
    try:
        namespace = make_main_module(job)
        exec(compile(code, "rehearsal.py", "exec", dont_inherit=True), namespace)
        conclude(None, job, namespace)
    except Exception:  # noqa: B902 - an older library may lack something
        pass
    finally:
        sys.modules["__main__"] = main
