//! `Accept` (RFC 9110 §12.5.1): which of our media types an answer goes out in.

/// The offer that the caller likes best; among equals the first. `None` where he likes none.
///
/// `accept` are the values of all `Accept` headers. Without one, the first offer will do.
pub fn negotiate<'h>(
    accept: &(impl Iterator<Item = &'h str> + Clone),
    offers: &[&'static str],
) -> Option<&'static str> {
    if accept.clone().all(|value| value == "*/*" || value.trim().is_empty()) {
        return offers.first().copied();
    }
    let mut best = None;
    for offer in offers {
        let quality = quality(accept.clone(), offer);
        if quality > best.map_or(0, |(_, quality)| quality) {
            best = Some((*offer, quality));
        }
    }
    best.map(|(offer, _)| offer)
}

/// What the most specific range that names an offer says of it, in thousandths.
fn quality<'h>(accept: impl Iterator<Item = &'h str>, offer: &str) -> u16 {
    let mut found = (0, 0);
    for range in accept.flat_map(|value| value.split(',')) {
        if let Some((specificity, quality)) = read_range(range, offer)
            && specificity > found.0
        {
            found = (specificity, quality);
        }
    }
    found.1
}

/// How specifically a range names an offer, and how much it is liked; `None` where it names another thing.
fn read_range(range: &str, offer: &str) -> Option<(u8, u16)> {
    let mut parts = range.split(';').map(str::trim);
    let name = parts.next()?;
    let mut specificity = specificity(name, offer)?;
    let mut quality = 1_000;
    for parameter in parts {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        if name.eq_ignore_ascii_case("q") {
            quality = read_quality(value)?;
        } else if name.eq_ignore_ascii_case("version") && offer.ends_with("xml") {
            if value != "3.0" {
                return None;
            }
            specificity += 1;
        }
    }
    Some((specificity, quality))
}

fn specificity(name: &str, offer: &str) -> Option<u8> {
    if name == "*/*" {
        return Some(1);
    }
    if name.eq_ignore_ascii_case(offer) {
        return Some(3);
    }
    let (kind, _) = offer.split_once('/')?;
    let (named, rest) = name.split_once('/')?;
    (rest == "*" && named.eq_ignore_ascii_case(kind)).then_some(2)
}

/// `0` to `1` with at most three decimals.
fn read_quality(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let decimals = format!("{decimals:0<3}").parse::<u16>().ok()?;
    match whole {
        "0" => Some(decimals),
        "1" if decimals == 0 => Some(1_000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFERS: &[&str] = &["application/xacml+json", "application/json", "application/xacml+xml", "text/xml"];

    fn chosen(accept: &str) -> Option<&'static str> {
        negotiate(&[accept].into_iter(), OFFERS)
    }

    #[test]
    fn without_a_wish_the_first_offer_is_chosen() {
        assert_eq!(negotiate(&std::iter::empty(), OFFERS), Some("application/xacml+json"));
        assert_eq!(chosen("*/*"), Some("application/xacml+json"));
        assert_eq!(chosen(""), Some("application/xacml+json"));
    }

    #[test]
    fn the_most_specific_range_speaks_for_an_offer() {
        assert_eq!(chosen("application/*;q=0.5, application/json"), Some("application/json"));
        assert_eq!(chosen("*/*, application/xacml+json;q=0"), Some("application/json"));
        assert_eq!(chosen("text/*"), Some("text/xml"));
        assert_eq!(chosen("application/*;q=0.2, text/xml;q=0.3"), Some("text/xml"));
    }

    #[test]
    fn more_quality_wins_and_order_does_not_matter() {
        assert_eq!(chosen("application/json;q=0.8, application/xacml+xml;q=0.9"), Some("application/xacml+xml"));
        assert_eq!(chosen("Application/JSON ; Q=1.000"), Some("application/json"));
    }

    #[test]
    fn what_is_not_offered_is_not_chosen() {
        for accept in ["text/html", "application/json;q=0", "image/*", "application/xacml+xml;version=2.0", "*/*;q=0"] {
            assert_eq!(chosen(accept), None, "{accept}");
        }
        assert_eq!(chosen("application/xacml+xml;version=3.0"), Some("application/xacml+xml"));
    }

    #[test]
    fn several_headers_are_one_list() {
        assert_eq!(negotiate(&["text/html", "text/xml"].into_iter(), OFFERS), Some("text/xml"));
    }

    #[test]
    fn a_range_with_a_broken_quality_is_passed_over() {
        for accept in ["application/json;q=2", "application/json;q=0.1234", "application/json;q=x", "text/xml;q"] {
            assert_eq!(chosen(accept), None, "{accept}");
        }
    }
}
