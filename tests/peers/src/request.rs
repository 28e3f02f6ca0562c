//! The questions that every engine is asked, in no engine's own form, and the decisions that all must give.

use anyhow::Result;
use serde::Deserialize;

/// Where the one small policy lives; [`project`] stands in its place when there are many.
pub const SMALL_PREFIX: &str = "/engineering/";

/// Permit only when all four hold: path, role, address and hour. Deny otherwise.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Decision {
    /// Path, role, address and hour are all right.
    Permit,
    /// One of them is not.
    Deny,
}

impl From<bool> for Decision {
    fn from(allowed: bool) -> Self {
        if allowed { Self::Permit } else { Self::Deny }
    }
}

/// Someone with a role reads the document at a path, from an address, in an hour of the day.
#[derive(Debug, Clone, Deserialize)]
pub struct Request {
    /// `employee` and `manager` may read.
    pub role: String,
    /// The path of the document.
    pub path: String,
    /// The address of the client, an IPv4 address.
    pub address: String,
    /// The hour of the day, 0 to 23.
    pub hour: u8,
    /// What every engine must answer.
    pub decision: Decision,
}

/// The dozen of `fixtures/requests.json` for the one small policy.
pub fn dozen() -> Result<Vec<Request>> {
    Ok(serde_json::from_str(include_str!("../fixtures/requests.json"))?)
}

/// 64 requests spread evenly over `count` policies; every fourth comes after hours.
pub fn spread_over(count: usize) -> Vec<Request> {
    (0..64).map(|k| for_project(k * count / 64, k % 4 == 3)).collect()
}

/// The path prefix of the policy numbered `number` among many.
pub fn project(number: usize) -> String {
    format!("/projects/p{number}/")
}

fn for_project(number: usize, after_hours: bool) -> Request {
    Request {
        role: "employee".to_owned(),
        path: format!("{}plans/bridge.pdf", project(number)),
        address: "192.0.2.77".to_owned(),
        hour: if after_hours { 20 } else { 9 },
        decision: Decision::from(!after_hours),
    }
}
