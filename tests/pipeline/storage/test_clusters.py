"""Members, links, waiting pairs and corrections, on both databases."""

from __future__ import annotations

from datetime import timedelta

from pipeline.models import Correction
from pipeline.storage import Store
from tests.pipeline.storage.samples import NOW, link, member, uri


def fill(store: Store, **clusters: str) -> None:
    """Store members: name=cluster id."""
    with store.begin() as transaction:
        for name, cluster_id in clusters.items():
            transaction.put_member(member(name), cluster_id)


def correction(kind: str, a: str, b: str, hours: int = 0) -> Correction:
    """Return an editor's word on two records."""
    return Correction(kind=kind, a=uri(a), b=uri(b), at=NOW + timedelta(hours=hours))


def test_a_neighbourhood_is_whole_clusters(store: Store) -> None:
    """The neighbourhood of a record is its whole cluster with the links inside, whichever member is asked for."""
    fill(store, ferry="c1", quay="c1", bridge="c2")
    inside, across = link("ferry", "quay"), link("quay", "bridge", joins=False)
    split = correction("split", "bridge", "ferry")
    store.put_correction(split)
    with store.begin() as transaction:
        transaction.add_links([inside, across])
        one = transaction.neighbourhood([uri("quay"), uri("none")])
        both = transaction.neighbourhood([uri("ferry"), uri("bridge")])
        assert transaction.neighbourhood([]) == ((), (), ())
    assert one == ((member("ferry"), member("quay")), (inside,), (split,))
    assert both == (
        (member("bridge"), member("ferry"), member("quay")),
        tuple(sorted((inside, across), key=lambda x: (x.a, x.b))),
        (split,),
    )


def test_a_merged_cluster_answers_to_its_old_id(store: Store) -> None:
    """After a merge the id that a member had first still leads to the cluster, a foreign id to nothing."""
    fill(store, ferry="c1", quay="c2")
    with store.begin() as transaction:
        transaction.assign_clusters({uri("quay"): "c1"})
    assert store.members("c2") == store.members("c1") == (member("ferry"), member("quay"))
    assert store.members("c9") == ()
    found = store.counts()
    assert (found.clusters, found.shared_clusters) == (1, 1)


def test_a_member_that_is_put_again_keeps_its_first_cluster(store: Store) -> None:
    """A new version of a member replaces the old one; its first cluster id stays an alias."""
    fill(store, ferry="c1", quay="c2")
    fill(store, quay="c1")
    assert store.members("c2") == (member("ferry"), member("quay"))


def test_links_are_replaced_as_a_whole(store: Store) -> None:
    """A record's new links take the place of all that it had, on whichever side it stood."""
    fill(store, a="c", b="c", c="c")
    with store.begin() as transaction:
        transaction.add_links([link("a", "b"), link("b", "c"), link("a", "c")])
        transaction.replace_links(uri("b"), [link("b", "c", joins=False)])
    kept = (link("a", "c"), link("b", "c", joins=False))
    assert store.links([uri("a"), uri("b"), uri("c")]) == kept
    assert store.links([uri("a"), uri("b")]) == ()


def test_a_record_names_those_it_is_linked_with(store: Store) -> None:
    """The other ends of its links, on whichever side it stands, in whatever cluster they are."""
    fill(store, a="c", b="c", c="d")
    with store.begin() as transaction:
        transaction.add_links([link("a", "b"), link("b", "c", joins=False)])
        assert transaction.linked(uri("b")) == tuple(sorted((uri("a"), uri("c"))))
        assert transaction.linked(uri("none")) == ()


def test_a_link_is_overwritten(store: Store) -> None:
    """A link that is measured anew replaces the old one."""
    with store.begin() as transaction:
        transaction.add_links([link("a", "b"), link("a", "b", joins=False)])
        transaction.add_links([link("a", "b")])
    assert store.links([uri("a"), uri("b")]) == (link("a", "b"),)


def test_who_waits_is_known_until_the_record_comes(store: Store) -> None:
    """Records that met one in the index before it was stored are found, once, and forgotten when its links are put."""
    with store.begin() as transaction:
        for seen_by in ("b", "c", "b"):
            transaction.put_waiting_pair(missing=uri("a"), seen_by=uri(seen_by))
        transaction.put_waiting_pair(missing=uri("z"), seen_by=uri("a"))
    with store.begin() as transaction:
        assert transaction.waiting_pairs(uri("a")) == (uri("b"), uri("c"))
        transaction.replace_links(uri("a"), [])
        assert transaction.waiting_pairs(uri("a")) == ()
        assert transaction.waiting_pairs(uri("z")) == (uri("a"),)


def test_a_later_correction_replaces_the_earlier(store: Store) -> None:
    """An editor's later word on the same two counts, whichever is named first; corrections come oldest first."""
    store.put_correction(correction("split", "a", "b", hours=1))
    store.put_correction(correction("join", "c", "d", hours=2))
    store.put_correction(correction("join", "b", "a", hours=3))
    assert store.corrections() == (correction("join", "c", "d", hours=2), correction("join", "b", "a", hours=3))


def test_a_large_cluster_is_whole(store: Store) -> None:
    """A cluster larger than one statement takes comes with all members and links."""
    names = [f"copy-{n:04}" for n in range(1_100)]
    with store.begin() as transaction:
        for name in names:
            transaction.put_member(member(name), "c1")
        transaction.add_links([link(names[0], name) for name in names[1:]])
        transaction.assign_clusters({uri(name): "c0" for name in names})
        members, links, _ = transaction.neighbourhood([uri(names[500])])
    assert (len(members), len(links)) == (1_100, 1_099)
