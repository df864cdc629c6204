"""The CPU, memory and disk that a node has left for pods."""

from __future__ import annotations

import pytest

from components.azure.node_room import (
    INSIGHTS_CPU,
    INSIGHTS_MEMORY,
    SYSTEM_DISK,
    SYSTEM_PODS_CPU,
    SYSTEM_PODS_MEMORY,
    allocatable,
    node_room,
)
from components.azure.vm_sizes import VmSize


@pytest.mark.parametrize(
    ("vcpus", "kept"), [(1, 60), (2, 100), (4, 140), (8, 180), (16, 260), (32, 420), (64, 740), (6, 160), (96, 1060)]
)
def test_reserved_cpu_follows_the_table_of_aks(vcpus: int, kept: int) -> None:
    assert vcpus * 1000 - allocatable(VmSize(vcpus, 16384), 110).cpu == kept


@pytest.mark.parametrize(("max_pods", "kept"), [(30, 650), (110, 2250), (250, 4096)])
def test_reserved_memory_grows_with_pods_up_to_a_quarter(max_pods: int, kept: int) -> None:
    seen_by_linux = 16384 - 16384 // 64 - 100
    assert allocatable(VmSize(4, 16384), max_pods).memory == seen_by_linux - kept - 100


def test_small_node_has_the_capacity_of_a_real_one() -> None:
    """4 GiB, of which `kubectl describe node` showed 4025836Ki in Azure/AKS issue 3525."""
    shown = allocatable(VmSize(2, 4096), 250).memory + 1024 + 100
    assert shown == pytest.approx(4025836 / 1024, abs=2)


def test_pods_of_aks_are_subtracted() -> None:
    size = VmSize(4, 16384)
    room, all_of_it = node_room(size, 110), allocatable(size, 110)
    assert (all_of_it.cpu - room.cpu, all_of_it.memory - room.memory) == (SYSTEM_PODS_CPU, SYSTEM_PODS_MEMORY)


def test_node_that_is_too_small_has_nothing_left() -> None:
    assert node_room(VmSize(1, 512), 110, 20) == (640, 0, 0)


@pytest.mark.parametrize(("vcpus", "gib"), [(1, 128), (4, 128), (7, 128), (8, 256), (15, 256), (16, 512), (64, 1024)])
def test_os_disk_grows_with_the_vcpus_as_that_of_aks(vcpus: int, gib: int) -> None:
    assert allocatable(VmSize(vcpus, 65536), 110) == allocatable(VmSize(vcpus, 65536), 110, gib)


@pytest.mark.parametrize(("gib", "shown"), [(100, 93492541286)])
def test_allocatable_disk_is_no_more_than_a_real_node_shows(gib: int, shown: int) -> None:
    """`kubectl describe node` shows bytes that are allocatable; ours is at most two percent less."""
    found = allocatable(VmSize(2, 7168), 110, gib).disk * 2**20
    assert shown * 0.98 < found <= shown


def test_images_and_the_system_are_subtracted_from_the_disk() -> None:
    size = VmSize(4, 16384)
    assert allocatable(size, 110).disk - node_room(size, 110).disk == SYSTEM_DISK


def test_agent_of_container_insights_takes_its_part_of_a_node() -> None:
    size = VmSize(4, 16384)
    without, beside = node_room(size, 110), node_room(size, 110, insights=True)
    assert (without.cpu - beside.cpu, without.memory - beside.memory) == (INSIGHTS_CPU, INSIGHTS_MEMORY)
    assert without.disk == beside.disk
