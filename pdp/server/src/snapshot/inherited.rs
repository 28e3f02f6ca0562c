//! The conditions of a key with those of every key above it: what lets it be used is what all of them let in.

use argus_engine::types::IpPattern;
use argus_store::Conditions;

/// What stands where no value is left that all let in: an address, and a word, of nobody.
const NO_ADDRESS: &str = "255.255.255.255/32";
const NO_WORD: &str = "nothing that all keys above let in";

/// Narrows the conditions of a key to what a key above lets in as well.
pub(super) fn narrow(own: &mut Conditions, above: &Conditions) {
    meet(&mut own.networks, &above.networks, is_within_network, NO_ADDRESS);
    let is_same = |one: &str, other: &str| one == other;
    meet(&mut own.countries, &above.countries, is_same, NO_WORD);
    meet(&mut own.windows, &above.windows, is_same, NO_WORD);
    meet(&mut own.network_types, &above.network_types, is_same, NO_WORD);
    if above.device == Some(true) {
        own.device = Some(true);
    }
}

/// Of two lists, each of which lets in whatever one of its values does, the list that lets in what both do. An empty one
/// is no rule.
fn meet(own: &mut Vec<String>, above: &[String], is_within: fn(&str, &str) -> bool, nothing: &str) {
    if above.is_empty() {
        return;
    }
    if own.is_empty() {
        above.clone_into(own);
        return;
    }
    let within = |value: &String, others: &[String]| others.iter().any(|other| is_within(value, other));
    let wider = above.iter().filter(|value| within(value, own) && !own.contains(value)).cloned();
    let mut met: Vec<String> = wider.collect();
    met.extend(own.iter().filter(|value| within(value, above)).cloned());
    if met.is_empty() {
        met.push(nothing.to_owned());
    }
    *own = met;
}

fn is_within_network(one: &str, other: &str) -> bool {
    let network = |text: &str| IpPattern::parse(text).ok()?.networks();
    one == other || network(other).zip(network(one)).is_some_and(|(wide, own)| wide.contains(&own))
}
