"""What the page and the costs of a plan show of a registry that exists."""

from __future__ import annotations

import pytest

from dryrun.cost.charges import list_charges
from dryrun.images import list_images
from dryrun.page import find_physical_name, render_page
from dryrun.picture.architecture import describe_architecture
from tests.dryrun.markup import outline, text
from tests.plans import planned

pytestmark = pytest.mark.usefixtures("untraced")
FOLDER = "crcontososhared.azurecr.io/platform/airflow"


@pytest.mark.parametrize(
    ("case", "name"),
    [("existing-registry", "crContosoShared"), ("existing-registry-granted-by-others", "of others")],
)
def test_the_box_of_the_registry_says_that_it_exists(case: str, name: str) -> None:
    box = describe_architecture(planned(case)).boxes["registry"]
    assert (box.title, box.lines) == ("Existing registry", (name,))


def test_each_image_is_shown_where_pods_pull_it() -> None:
    imported = [image for image in list_images(planned("existing-registry")) if image.import_urn]
    assert imported
    for image in imported:
        assert image.reference.startswith(f"{FOLDER}/")
        assert image.users, image.name


def test_an_import_is_named_by_its_repository_in_the_registry() -> None:
    imports = [resource for resource in planned("existing-registry").resources if resource.type.endswith("Import")]
    assert all(str(find_physical_name(resource)).startswith("('platform/airflow/") for resource in imports)


def test_the_page_is_whole() -> None:
    page = render_page(planned("existing-registry"))
    assert outline(page).open == []
    assert FOLDER in text(page)


def test_the_registry_of_others_costs_the_stack_nothing() -> None:
    assert [charge.name for charge in list_charges(planned("existing-registry")) if "registry" in charge.name] == []
    assert [charge.name for charge in list_charges(planned("registry-prefix")) if "registry" in charge.name]
