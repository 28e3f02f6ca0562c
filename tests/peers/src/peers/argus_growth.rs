//! Argus with many policies that are told apart by one attribute: how it grows depends on what its index makes of it.

use super::argus::{dense, load_built, set, set_of_sets};
use crate::engine::Load;
use crate::request::{Decision, Request, project};

/// Many policies that one attribute tells apart.
#[derive(Debug)]
pub struct Growth {
    /// What the policies test.
    pub by: &'static str,
    /// Whether they stand in policy sets of a hundred that have no target of their own.
    pub nested: bool,
    /// The small policy for one of them.
    pub policy: fn(&str, usize) -> String,
    /// A request that one of them permits, at an hour when it does.
    pub request: fn(usize) -> Request,
    /// Loads them.
    pub load: Load,
}

/// A row for each attribute and shape.
pub static GROWTH: &[Growth] = &[
    growth("path prefix", false, by_prefix, on_path),
    growth("path prefix", true, by_prefix, on_path),
    growth("equality", false, by_equality, on_path),
    growth("equality", true, by_equality, on_path),
    growth("IP range", false, by_network, from_network),
    growth("IP range", true, by_network, from_network),
];

const fn growth(
    by: &'static str,
    nested: bool,
    policy: fn(&str, usize) -> String,
    request: fn(usize) -> Request,
) -> Growth {
    Growth { by, nested, policy, request, load: load_built }
}

impl Growth {
    /// Writes so many policies down.
    pub fn write(&self, count: usize) -> String {
        let small = dense();
        let policies = (0..count).map(|number| (self.policy)(&small, number));
        if self.nested { set_of_sets(policies) } else { set("all", &policies.collect::<String>()) }
    }

    /// So many requests spread evenly over `count` policies; every fourth comes after hours.
    pub fn spread(&self, requests: usize, count: usize) -> impl Iterator<Item = Request> {
        (0..requests).map(move |k| {
            let request = (self.request)(k * count / requests);
            if k % 4 == 3 { Request { hour: 20, decision: Decision::Deny, ..request } } else { request }
        })
    }
}

const PREFIX: &str = "urn:oasis:names:tc:xacml:3.0:function:string-starts-with";
const EQUAL: &str = "urn:oasis:names:tc:xacml:1.0:function:string-equal";
const OWN: &str = "/engineering/";

fn by_prefix(small: &str, number: usize) -> String {
    small.replace(OWN, &project(number))
}

fn by_equality(small: &str, number: usize) -> String {
    small.replace(PREFIX, EQUAL).replace(OWN, &document(number))
}

// Each has a network of its own, in the place of the path and of one of the two that all have in common.
fn by_network(small: &str, number: usize) -> String {
    let path = format!("<Match MatchId=\"{PREFIX}\">");
    let of_path = small.split_once(&path).and_then(|(_, rest)| rest.split_once("</Match>")).map_or("", |(inside, _)| inside);
    let own = small.split_once("10.20.0.0/16").map_or("", |(before, _)| before);
    let start = own.rfind("<Match ").unwrap_or(0);
    let of_network = small.get(start..).and_then(|rest| rest.split_once("</Match>")).map_or("", |(inside, _)| inside);
    let [a, b, c] = octets(number);
    let network = format!("10.{a}.{b}.{c}/25");
    small
        .replace(&format!("{path}{of_path}"), of_network)
        .replace("10.20.0.0/16", &network)
        .replacen(OWN, &format!("network/{number}"), 1)
}

fn octets(number: usize) -> [usize; 3] {
    let first = number << 7;
    [first >> 16 & 255, first >> 8 & 255, first & 255]
}

fn document(number: usize) -> String {
    format!("{}plans/bridge.pdf", project(number))
}

fn on_path(number: usize) -> Request {
    Request {
        role: "employee".to_owned(),
        path: document(number),
        address: "192.0.2.77".to_owned(),
        hour: 9,
        decision: Decision::Permit,
    }
}

fn from_network(number: usize) -> Request {
    let [a, b, c] = octets(number);
    Request { address: format!("10.{a}.{b}.{}", c + 77), ..on_path(number) }
}
