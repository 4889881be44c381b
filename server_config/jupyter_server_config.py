"""JupyterLab on a workspace, for one person on one machine; `nbreduce lab` starts it with this.

Root folder, port and token come from the command line. Copy it for a deployment of your own; under
JupyterHub leave out "Who may connect", which is the hub's business there.
"""

from pathlib import Path

from jupyter_core.paths import jupyter_runtime_dir

c = get_config()  # type: ignore[name-defined]  # noqa: F821

# Who may connect: this machine only, with the token that Jupyter makes for each start.
c.ServerApp.ip = "127.0.0.1"
c.ServerApp.allow_remote_access = False

# Nothing asks the internet: no news, no search for updates, no catalogue of extensions.
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
c.LabApp.extension_manager = "readonly"
# JupyterLab asks each person whether to fetch news, whatever stands above; its settings answer. Its page_config.json
# leaves nbdime's buttons out of notebooks: nbdime is here as a library.
c.LabApp.app_settings_dir = str(Path(__file__).parent / "lab_settings")
c.ServerApp.jpserver_extensions.update({"nbdime": False})

# A notebook that only shows results starts no kernel; one that was started and forgotten ends after
# a day without work, unless a browser still shows it.
c.MappingKernelManager.cull_idle_timeout = 24 * 3600
c.MappingKernelManager.cull_interval = 600
c.MappingKernelManager.cull_connected = False

# Kernels on this machine talk through files that only their owner can open, not through TCP ports.
# Such a file's name must fit into 107 bytes.
if len(str(Path(jupyter_runtime_dir()) / f"kernel-{'0' * 36}-ipc-5")) <= 107:
    c.KernelManager.transport = "ipc"
