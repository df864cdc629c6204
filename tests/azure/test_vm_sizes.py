"""vCPUs, memory and GPUs from the names of VM sizes."""

from __future__ import annotations

import pytest

from components.azure.vm_sizes import VmSize, find_near_size, has_gpu, is_burstable, vm_size


@pytest.mark.parametrize(
    ("name", "vcpus", "gib"),
    [
        ("Standard_D4ds_v5", 4, 16),
        ("Standard_D8ds_v5", 8, 32),
        ("Standard_D96ads_v5", 96, 384),
        ("Standard_D4lds_v5", 4, 8),
        ("Standard_D4alds_v6", 4, 8),
        ("Standard_D8ps_v6", 8, 32),
        ("Standard_D2_v3", 2, 8),
        ("Standard_DC4as_v5", 4, 16),
        ("Standard_E4ds_v5", 4, 32),
        ("Standard_E20s_v5", 20, 160),
        ("Standard_E48as_v5", 48, 384),
        ("Standard_F8", 8, 16),
        ("Standard_F4s_v2", 4, 8),
        ("Standard_F72s_v2", 72, 144),
        ("Standard_F4as_v6", 4, 16),
        ("Standard_F4als_v6", 4, 8),
        ("Standard_F4ams_v6", 4, 32),
        ("Standard_L8s_v3", 8, 64),
        ("Standard_A4m_v2", 4, 32),
        ("Standard_B2s", 2, 4),
        ("Standard_B4ms", 4, 16),
        ("Standard_B2ts_v2", 2, 1),
        ("Standard_B4ls_v2", 4, 8),
        ("Standard_B4as_v2", 4, 16),
        ("Standard_DS2_v2", 2, 7),
        ("Standard_D14_v2", 16, 112),
        ("Standard_NC4as_T4_v3", 4, 28),
        ("Standard_NV6ads_A10_v5", 6, 55),
    ],
)
def test_vcpus_and_memory_follow_from_the_name(name: str, vcpus: int, gib: int) -> None:
    assert vm_size(name) == VmSize(vcpus, gib * 1024)


def test_constrained_size_shows_fewer_vcpus_and_all_its_memory() -> None:
    assert vm_size("Standard_E16-4ds_v5") == VmSize(4, 128 * 1024)


@pytest.mark.parametrize(
    "name",
    [
        "Standard_M128ms",
        "Standard_E64s_v3",
        "Standard_E96ds_v5",
        "Standard_E104is_v5",
        "Standard_E32ps_v5",
        "Standard_D64ps_v5",
        "Standard_DS2",
        "Standard_DC8s_v3",
        "Standard_EC32as_v5",
        "Standard_ND96isr_H100_v5",
        "Standard_D4ds_v99",
        "Standard_D0s_v5",
        "Standard_Z4s_v1",
        "Standard_d4ds_v5",
        "D4ds_v5",
    ],
)
def test_size_that_follows_no_rule_is_not_guessed(name: str) -> None:
    assert vm_size(name) is None


@pytest.mark.parametrize("name", ["Standard_NC4as_T4_v3", "Standard_NV6ads_A10_v5", "Standard_ND96isr_H100_v5"])
def test_gpu_families_have_gpus(name: str) -> None:
    assert has_gpu(name)


@pytest.mark.parametrize("name", ["Standard_D4ds_v5", "Standard_NP10s", "Standard_F4s_v2"])
def test_other_families_have_none(name: str) -> None:
    assert not has_gpu(name)


def test_b_sizes_are_burstable() -> None:
    assert is_burstable("Standard_B4ms")
    assert is_burstable("Standard_B4as_v2")
    assert not is_burstable("Standard_D4ds_v5")


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("Standard_D4dsv5", "Standard_D4ds_v5"),
        ("D4ds_v5", "Standard_D4ds_v5"),
        ("standard_d8lds_V5", "Standard_D8lds_v5"),
        ("Standard-E16s-v5", "Standard_E16s_v5"),
        ("Standard_B2", "Standard_B2s"),
        ("Standard_NC4as_T4v3", "Standard_NC4as_T4_v3"),
        ("Standard_D4ds_v55", "Standard_D4ds_v5"),
        ("Standard_HB120rs_v3", None),
        ("large", None),
    ],
)
def test_mistyped_size_has_a_near_one(name: str, near: str | None) -> None:
    assert vm_size(name) is None
    assert find_near_size(name) == near
