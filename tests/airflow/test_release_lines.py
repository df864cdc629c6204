import pytest

from components.airflow.release_lines import AIRFLOW_3, family_of


def test_values_of_the_newest_chart_stay_as_they_are() -> None:
    layer = {"apiServer": {"replicas": 1}, "workers": {"kubernetes": {"labels": {"a.b/c": "d"}}}, "jwtSecretName": "x"}
    assert AIRFLOW_3.chart_values(layer) == layer


@pytest.mark.parametrize("release", ["3.3", "3.10"])
def test_a_release_belongs_to_its_generation(release: str) -> None:
    assert family_of(release) is AIRFLOW_3
