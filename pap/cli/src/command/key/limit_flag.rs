//! `--limit NAME=NUMBER/WINDOW[/STRATEGY[/REFILL]]`: a limit of a key as it is typed.

use serde_json::{Value, json};

use crate::client::read_duration;

/// A limit; the server knows the strategies.
#[derive(Debug, Clone)]
pub(super) struct LimitFlag(Value);

impl LimitFlag {
    pub(super) fn read(text: &str) -> Result<Self, String> {
        let wrong = || "write it like rpm=60/1m or daily=1000/1d/quota or monthly=5000/30d/quota/add".to_owned();
        let (name, rest) = text.split_once('=').ok_or_else(wrong)?;
        let (limit, rest) = rest.split_once('/').ok_or_else(wrong)?;
        let (window, strategy) = rest.split_once('/').unwrap_or((rest, "sliding-window"));
        let limit: u64 = limit.parse().map_err(|_| format!("`{limit}` is no whole number"))?;
        let window = read_duration(window)?;
        let (strategy, refill) =
            strategy.split_once('/').map_or((strategy, None), |(strategy, refill)| (strategy, Some(refill)));
        let strategy = strategy.replace('-', "_");
        let mut read = json!({ "name": name, "strategy": strategy, "limit": limit, "window_seconds": window });
        if let (Some(refill), Some(members)) = (refill, read.as_object_mut()) {
            members.insert("refill".to_owned(), refill.into());
        }
        Ok(Self(read))
    }

    pub(super) fn to_json(&self) -> &Value {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_typed_as_how_much_in_how_long() {
        let read = |text| LimitFlag::read(text).map(|flag| flag.0);
        let limit = |name, strategy, limit, window| {
            Ok(json!({ "name": name, "strategy": strategy, "limit": limit, "window_seconds": window }))
        };
        assert_eq!(read("rpm=60/1m"), limit("rpm", "sliding_window", 60, 60));
        assert_eq!(read("daily=1000/1d/quota"), limit("daily", "quota", 1_000, 86_400));
        let adding = read("monthly=5000/30d/quota/add").unwrap();
        assert_eq!((&adding["strategy"], &adding["refill"]), (&json!("quota"), &json!("add")));
        for wrong in ["rpm", "rpm=60", "rpm=x/1m", "rpm=60/minute"] {
            assert!(read(wrong).is_err(), "{wrong}");
        }
    }
}
