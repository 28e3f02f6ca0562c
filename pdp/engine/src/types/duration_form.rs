//! The form of the two durations, checked strictly: the library underneath also takes `P1DT`, `PT.5S` and `PT5.S`.

/// Whether the text is `-?P`, then fields with these designators, each at most once and in this order, those for
/// the time after `T`. At least one field must stand, and at least one after `T`. Seconds alone may have a fraction.
pub(super) fn is_duration(text: &str, date_fields: &str, time_fields: &str) -> bool {
    let Some(fields) = text.strip_prefix('-').unwrap_or(text).strip_prefix('P') else { return false };
    match fields.split_once('T') {
        None => !fields.is_empty() && are_fields(fields, date_fields),
        Some((date, time)) => !time.is_empty() && are_fields(date, date_fields) && are_fields(time, time_fields),
    }
}

fn are_fields(mut text: &str, mut designators: &str) -> bool {
    while !text.is_empty() {
        let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
        let Some((number, rest)) = text.split_at_checked(end) else { return false };
        let mut rest = rest.chars();
        let Some(designator) = rest.next() else { return false };
        let Some((_, later)) = designators.split_once(designator) else { return false };
        if !is_number(number, designator == 'S') {
            return false;
        }
        (text, designators) = (rest.as_str(), later);
    }
    true
}

fn is_number(text: &str, may_have_fraction: bool) -> bool {
    let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
    match text.split_once('.') {
        None => digits(text),
        Some((whole, fraction)) => may_have_fraction && digits(whole) && digits(fraction),
    }
}
