"""Charts of a comparison: net cost, cost of an extra hour, uses of an added pound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sencosim.outcomes.catalogue import DERIVED
from sencosim.outcomes.ratio import PER_HOUR, cost_per_hour
from sencosim.report.charts.options import hour_costs_chart, net_costs_chart, uses_chart
from sencosim.report.charts.style import Chart
from sencosim.report.compare.views import net_costs, titles_of
from sencosim.report.findings import Findings
from sencosim.report.inputs import TOTAL
from sencosim.report.stored import StoredRun
from sencosim.report.uses import pence_of_parts


def comparison_charts(options: Sequence[Findings], runs: Sequence[StoredRun]) -> Iterator[Chart]:
    """Every chart that the options have figures for."""
    first = options[0]
    version = first.inputs.manifest["software"]["sencosim"]
    source = f"Source: sencosim {version}, runs {', '.join(run.run_id for run in runs)}."
    titles = dict(zip(titles_of(options), options, strict=True))
    yield net_costs_chart(first, net_costs(options), source)
    view = first.inputs.main_view
    hours = {
        DERIVED[name].title: {title: option.get(view, name, TOTAL) for title, option in titles.items()}
        for name in (cost_per_hour(payer, of) for _, payer, of in PER_HOUR)
    }
    made = (
        hour_costs_chart(first, hours, source),
        uses_chart(first, {title: pence_of_parts(option) for title, option in titles.items()}, source),
    )
    yield from (chart for chart in made if chart is not None)
