from sencosim.api import How as How
from sencosim.api import dictionary as dictionary
from sencosim.api import explorer as explorer
from sencosim.api import open_runs as open_runs
from sencosim.api import run as run
from sencosim.api import sobol as sobol
from sencosim.api import sweep as sweep
from sencosim.api import tornado as tornado
from sencosim.studies.policy import Policy as Policy
from sencosim.studies.policy import distribution as distribution
from sencosim.studies.policy import load as load
from sencosim.studies.runs import Runs as Runs

__version__: str
BEGAN: float
