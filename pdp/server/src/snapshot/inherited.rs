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
    meet_windows(&mut own.windows, &above.windows);
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

/// The same of windows, which may overlap without being the same: then both have to be open (`in-window`).
fn meet_windows(own: &mut Vec<String>, above: &[String]) {
    if own.is_empty() || above.is_empty() {
        own.extend_from_slice(above);
        return;
    }
    let both = |one: &String, other: &String| if one == other { one.clone() } else { format!("{one} & {other}") };
    let mut met: Vec<_> = own.iter().flat_map(|one| above.iter().map(move |other| both(one, other))).collect();
    met.sort_unstable();
    met.dedup();
    *own = met;
}

fn is_within_network(one: &str, other: &str) -> bool {
    let network = |text: &str| IpPattern::parse(text).ok()?.networks();
    one == other || network(other).zip(network(one)).is_some_and(|(wide, own)| wide.contains(&own))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn narrowed(own: Conditions, above: &Conditions) -> Conditions {
        let mut narrowed = own;
        narrow(&mut narrowed, above);
        narrowed
    }

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|word| (*word).to_owned()).collect()
    }

    #[test]
    fn what_no_rule_of_one_names_is_ruled_by_the_other() {
        let rule = Conditions {
            networks: words(&["10.0.0.0/8"]),
            countries: words(&["DE"]),
            windows: words(&["daily 08:00-18:00 UTC"]),
            network_types: words(&["corporate"]),
            device: Some(true),
        };
        assert_eq!(narrowed(Conditions::default(), &rule), rule);
        assert_eq!(narrowed(rule.clone(), &Conditions::default()), rule);
        assert_eq!(narrowed(rule.clone(), &rule), rule);
    }

    #[test]
    fn what_both_name_has_to_suit_both() {
        let own = Conditions {
            networks: words(&["10.1.0.0/16", "192.0.2.0/24"]),
            countries: words(&["DE", "FR"]),
            windows: words(&["Mon 08:00-18:00 UTC", "Tue 08:00-18:00 UTC"]),
            network_types: words(&["home"]),
            device: None,
        };
        let above = Conditions {
            networks: words(&["10.0.0.0/8"]),
            countries: words(&["FR", "IT"]),
            windows: words(&["Mon 08:00-18:00 UTC", "daily 12:00-13:00 UTC"]),
            network_types: words(&["corporate"]),
            device: Some(false),
        };
        let met = narrowed(own, &above);
        assert_eq!((met.networks, met.countries), (words(&["10.1.0.0/16"]), words(&["FR"])));
        let windows = [
            "Mon 08:00-18:00 UTC",
            "Mon 08:00-18:00 UTC & daily 12:00-13:00 UTC",
            "Tue 08:00-18:00 UTC & Mon 08:00-18:00 UTC",
            "Tue 08:00-18:00 UTC & daily 12:00-13:00 UTC",
        ];
        assert_eq!(met.windows, words(&windows));
        assert_eq!((met.network_types, met.device), (words(&[NO_WORD]), None));
    }
}
