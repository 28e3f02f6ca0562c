//! Claims, by their names and with their JSON types (RFC 7519 §4.1). A claim of another type is a fault, not an absence.

use serde_json::{Map, Value};

use super::JwtFault;

/// The most that clocks may differ by.
pub const LONGEST_LEEWAY_SECONDS: i64 = 60;

/// The last second of the year 9999: beyond it, a time is a mistake.
const LAST_SECOND: f64 = 253_402_300_799.0;

/// The claims of a token.
#[derive(Debug)]
pub(super) struct Claims(pub(super) Map<String, Value>);

/// The times of a token, checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) expires_at: i64,
    pub(super) not_before: Option<i64>,
    pub(super) issued_at: Option<i64>,
}

impl Claims {
    /// A text, if it is there. An empty one is none.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<&str>, JwtFault> {
        match self.0.get(name) {
            None => Ok(None),
            Some(Value::String(text)) if !text.is_empty() => Ok(Some(text)),
            Some(_) => Err(JwtFault::WrongType(name)),
        }
    }

    /// A text that has to be there.
    pub(super) fn required_text(&self, name: &'static str) -> Result<&str, JwtFault> {
        self.text(name)?.ok_or(JwtFault::Missing(name))
    }

    /// A `NumericDate`, in whole seconds: what is behind the point is cut off.
    fn time(&self, name: &'static str) -> Result<Option<i64>, JwtFault> {
        let Some(value) = self.0.get(name) else { return Ok(None) };
        let seconds = value.as_f64().filter(|seconds| (0.0..=LAST_SECOND).contains(seconds));
        #[expect(clippy::cast_possible_truncation, reason = "the bounds are checked")]
        seconds.map(|seconds| Some(seconds as i64)).ok_or(JwtFault::WrongType(name))
    }

    /// The times, as they are: `exp` has to be there.
    fn times(&self) -> Result<Times, JwtFault> {
        Ok(Times {
            expires_at: self.time("exp")?.ok_or(JwtFault::Missing("exp"))?,
            not_before: self.time("nbf")?,
            issued_at: self.time("iat")?,
        })
    }

    /// Checks the times of a token at a moment, in Unix seconds.
    pub(super) fn check_times(&self, now: i64, leeway_seconds: i64) -> Result<Times, JwtFault> {
        let times = self.times()?;
        let leeway = leeway_seconds.clamp(0, LONGEST_LEEWAY_SECONDS);
        if now >= times.expires_at.saturating_add(leeway) {
            return Err(JwtFault::Expired);
        }
        if times.not_before.is_some_and(|first| now.saturating_add(leeway) < first) {
            return Err(JwtFault::NotYetValid);
        }
        if times.issued_at.is_some_and(|issued| now.saturating_add(leeway) < issued) {
            return Err(JwtFault::IssuedLater);
        }
        Ok(times)
    }

    /// Whom it is meant for: one text, or a list of them (RFC 7519 §4.1.3).
    pub(super) fn audiences(&self) -> Result<Vec<&str>, JwtFault> {
        let wrong = JwtFault::WrongType("aud");
        match self.0.get("aud") {
            None => Err(JwtFault::Missing("aud")),
            Some(Value::String(one)) => Ok(vec![one]),
            Some(Value::Array(all)) if !all.is_empty() => all.iter().map(|one| one.as_str().ok_or(wrong)).collect(),
            Some(_) => Err(wrong),
        }
    }

    /// Refuses a token that isn't meant for any of these.
    pub(super) fn check_audience<T: AsRef<str>>(&self, ours: &[T]) -> Result<(), JwtFault> {
        let is_ours = |audience: &&str| ours.iter().any(|our| our.as_ref() == *audience);
        if self.audiences()?.iter().any(is_ours) { Ok(()) } else { Err(JwtFault::Audience) }
    }

    /// Refuses a token that is meant for anybody but these.
    pub(super) fn check_sole_audience<T: AsRef<str>>(&self, ours: &[T]) -> Result<(), JwtFault> {
        let is_ours = |audience: &&str| ours.iter().any(|our| our.as_ref() == *audience);
        if self.audiences()?.iter().all(is_ours) { Ok(()) } else { Err(JwtFault::Audience) }
    }
}
