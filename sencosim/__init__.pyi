from sencosim.api import How as How
from sencosim.api import Policy as Policy
from sencosim.api import Runs as Runs
from sencosim.api import explorer as explorer
from sencosim.api import load as load
from sencosim.api import open_runs as open_runs
from sencosim.api import run as run
from sencosim.api import sobol as sobol
from sencosim.api import sweep as sweep
from sencosim.api import tornado as tornado
from sencosim.evidence.distributions import Distribution as Distribution

__version__: str
