//! A logged decision with networks in the place of addresses: who asked is gone, where from stays.
//!
//! In requests and responses an address is whatever is the whole value of an attribute or an assignment and can be read as
//! one: it becomes the first of its network, so that the request can still be decided again. Content in XML is not looked
//! through.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use argus_store::decision::Decision;
use serde_json::Value;

/// The decision with networks in the place of addresses; `None` where there is none.
pub(crate) fn cut(mut of: Decision) -> Option<Decision> {
    let network = of.address.as_deref().and_then(network);
    let (mut request, mut response) = (read(&of.request), read(&of.response));
    let mut ids: Vec<String> = serde_json::from_str(&of.redacted).unwrap_or_default();
    let known = ids.len();
    let in_request = cut_within(&mut request, &mut ids);
    let in_response = cut_within(&mut response, &mut Vec::new());
    if network.is_none() && !in_request && !in_response {
        return None;
    }
    of.address = network.or(of.address);
    if in_request {
        of.request = request.to_string();
    }
    if in_response {
        of.response = response.to_string();
    }
    if ids.len() > known {
        of.redacted = serde_json::to_string(&ids).unwrap_or(of.redacted);
    }
    Some(of)
}

/// An answer as it would stand in the log with networks in the place of addresses.
pub(crate) fn cut_answer(text: &str) -> String {
    let mut answer = read(text);
    if cut_within(&mut answer, &mut Vec::new()) { answer.to_string() } else { text.to_owned() }
}

fn read(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_default()
}

/// Cuts whatever is the value of an attribute or an assignment, and notes the ids of those that were changed.
fn cut_within(value: &mut Value, ids: &mut Vec<String>) -> bool {
    match value {
        // All of them, and not up to the first that is changed.
        Value::Array(items) => items.iter_mut().map(|item| usize::from(cut_within(item, ids))).sum::<usize>() > 0,
        Value::Object(members) => {
            let id = members.get("AttributeId").and_then(Value::as_str).map(str::to_owned);
            let mut changed = false;
            for (name, member) in members.iter_mut() {
                let is_cut = if id.is_some() && name == "Value" { cut_value(member) } else { cut_within(member, ids) };
                changed |= is_cut;
                if let Some(id) = id.as_ref().filter(|id| is_cut && name == "Value" && !ids.contains(id)) {
                    ids.push(id.clone());
                }
            }
            changed
        }
        _ => false,
    }
}

fn cut_value(value: &mut Value) -> bool {
    match value {
        Value::Array(items) => items.iter_mut().map(|item| usize::from(cut_value(item))).sum::<usize>() > 0,
        Value::String(text) => match shortened(text) {
            Some(short) if short != *text => {
                *text = short;
                true
            }
            _ => false,
        },
        _ => false,
    }
}

/// The same with the first address of its network, where it is one, perhaps with a mask or a port behind it.
fn shortened(text: &str) -> Option<String> {
    if let Ok(address) = text.parse() {
        return Some(first(address).to_string());
    }
    if let Some((inner, rest)) = text.strip_prefix('[').and_then(|text| text.split_once(']')) {
        let address: Ipv6Addr = inner.parse().ok()?;
        return Some(match first(address.into()) {
            IpAddr::V4(address) => format!("{address}{rest}"),
            IpAddr::V6(address) => format!("[{address}]{rest}"),
        });
    }
    let (address, rest) = text.split_at(text.find([':', '/'])?);
    let address: Ipv4Addr = address.parse().ok()?;
    Some(format!("{}{rest}", first(address.into())))
}

/// The network of an address, which has a `/` in it.
fn network(address: &str) -> Option<String> {
    let first = first(address.parse().ok()?);
    Some(format!("{first}/{}", if first.is_ipv4() { 24 } else { 48 }))
}

/// The first address of the network: of 24 bits, of IPv6 of 48.
fn first(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => Ipv4Addr::from(u32::from(address) & (u32::MAX << 8)).into(),
        IpAddr::V6(address) => Ipv6Addr::from(u128::from(address) & (u128::MAX << 80)).into(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_address_becomes_the_first_of_its_network_and_nothing_else_is_one() {
        for (text, short) in [
            ("203.0.113.77", "203.0.113.0"),
            ("203.0.113.77:443", "203.0.113.0:443"),
            ("203.0.113.77/255.255.255.255:1-80", "203.0.113.0/255.255.255.255:1-80"),
            ("2001:db8:1:2::9", "2001:db8:1::"),
            ("[2001:db8:1:2::9]:443", "[2001:db8:1::]:443"),
            ("::ffff:203.0.113.77", "203.0.113.0"),
            ("[::ffff:203.0.113.77]:443", "203.0.113.0:443"),
        ] {
            assert_eq!(shortened(text).as_deref(), Some(short), "{text}");
            assert_eq!(shortened(short).as_deref(), Some(short), "{short}");
        }
        for text in ["", "acme/atlas", "1.2.3", "10:20", "2026-01-02T10:00:00Z", "[x]", "urn:acme:203.0.113.7"] {
            assert_eq!(shortened(text), None, "{text}");
        }
        assert_eq!(network("203.0.113.77").as_deref(), Some("203.0.113.0/24"));
        assert_eq!(network("2001:db8:1:2::9").as_deref(), Some("2001:db8:1::/48"));
        assert_eq!(network("203.0.113.0/24"), None, "it was cut before");
    }

    #[test]
    fn values_of_attributes_are_cut_and_their_ids_noted() {
        let attribute = |id: &str, value: Value| json!({"AttributeId": id, "Value": value});
        let mut request = json!({"Request": {
            "Environment": {"Attribute": [attribute("ip", json!("203.0.113.77")), attribute("hour", json!(7))]},
            "AccessSubject": [{"Attribute": [attribute("seen", json!(["x", "2001:db8:1:2::9"]))],
                               "Content": "<a>203.0.113.77</a>"}],
        }});
        let mut ids = vec!["role".to_owned()];
        assert!(cut_within(&mut request, &mut ids));
        ids.sort();
        assert_eq!(ids, ["ip", "role", "seen"]);
        let shown = request.to_string();
        assert!(shown.contains("203.0.113.0\"") && shown.contains("2001:db8:1::\""), "{shown}");
        assert!(shown.contains("<a>203.0.113.77</a>"), "content is not looked through");
        assert!(!cut_within(&mut request, &mut ids), "there is nothing left");
    }
}
