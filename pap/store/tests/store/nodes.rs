//! Nodes that speak of themselves, and fall silent.

use argus_store::node::{self, Node, NodeRole};
use argus_store::{NodeId, read_clock};

use crate::support::{fixture, minute};

fn node(n: i64, sequence: i64) -> Node {
    Node {
        id: NodeId::new(minute(n)),
        role: NodeRole::Pdp,
        address: format!("node-{n}:8180"),
        sequence,
        seen_at: minute(n),
        longest_staleness_seconds: Some(30),
        clock_ahead_milliseconds: -12,
    }
}

#[test]
fn a_node_is_known_by_its_last_word_and_never_goes_back() {
    let Some(fixture) = fixture() else { return };
    let first = node(1, 7);
    let later = Node { sequence: 9, seen_at: minute(2), clock_ahead_milliseconds: 40, ..first.clone() };
    for said in [&first, &later, &first] {
        fixture.store.write_aside(|conn| node::report(conn, said)).unwrap();
    }
    assert_eq!(fixture.store.read(node::list).unwrap(), [later]);
}

#[test]
fn a_node_that_ends_or_is_silent_for_long_is_forgotten() {
    let Some(fixture) = fixture() else { return };
    let nodes = [node(1, 1), node(2, 2), node(3, 3)];
    for said in &nodes {
        fixture.store.write_aside(|conn| node::report(conn, said)).unwrap();
    }
    fixture.store.write_aside(|conn| node::leave(conn, nodes[2].id)).unwrap();
    assert_eq!(fixture.store.write_aside(|conn| node::forget(conn, minute(2))).unwrap(), 1);
    assert_eq!(fixture.store.read(node::list).unwrap(), [nodes[1].clone()]);
}

#[test]
fn only_a_server_has_a_clock_of_its_own() {
    let Some(fixture) = fixture() else { return };
    let shown = fixture.store.read(read_clock).unwrap();
    assert_eq!(shown.is_some(), fixture.store.location().file().is_none());
    assert!(shown.is_none_or(|shown| shown > minute(-10_000_000)), "{shown:?}");
}
