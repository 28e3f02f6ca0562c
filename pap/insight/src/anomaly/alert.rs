//! What is told: a finding of one detector, and the alert that stands in the book until it is over.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The detectors, each by the name that the API and the commands use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Detector {
    /// More requests than is usual at this hour of the week.
    Volume,
    /// None, where there are always many.
    Silence,
    /// A greater share of refusals than is usual.
    ErrorRate,
    /// The first success from a country.
    NewCountry,
    /// The first success from an autonomous system.
    NewNetwork,
    /// Two uses farther apart than anybody travels.
    ImpossibleTravel,
    /// Refusals over many resources or actions: somebody feels along the walls.
    Probing,
    /// Far more resources within an hour than is usual.
    FanOut,
    /// A use after a month of silence.
    Dormant,
    /// Use in an hour of the week in which the key never works.
    OffHours,
    /// A client that was never seen, beside another sign.
    NewClient,
    /// One key in many networks at once: it has leaked.
    SharedKey,
    /// Somebody guesses the secret.
    WrongSecret,
    /// A secret that was replaced is still in use.
    OldCredential,
    /// The first use of an action that can do great harm.
    PowerfulAction,
}

impl Detector {
    /// All of them, in the order of the documentation.
    pub const ALL: [Self; 15] = [
        Self::Volume,
        Self::Silence,
        Self::ErrorRate,
        Self::NewCountry,
        Self::NewNetwork,
        Self::ImpossibleTravel,
        Self::Probing,
        Self::FanOut,
        Self::Dormant,
        Self::OffHours,
        Self::NewClient,
        Self::SharedKey,
        Self::WrongSecret,
        Self::OldCredential,
        Self::PowerfulAction,
    ];
}

impl fmt::Display for Detector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.serialize(f)
    }
}

/// How soon a person should look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Within the week.
    Low,
    /// Today.
    Medium,
    /// Now.
    High,
    /// Now, and the key had better be stopped meanwhile.
    Critical,
}

/// What an owner could do. Nothing is done unless his policy says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Suggestion {
    /// Look at it.
    Notify,
    /// Replace the secret.
    Rotate,
    /// Stop the key until somebody has looked.
    Suspend,
    /// Stop the key for good.
    Revoke,
}

/// What one detector saw in one observation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Which detector.
    pub detector: Detector,
    /// How soon a person should look.
    pub severity: Severity,
    /// How unusual, on the detector's own scale; 1 is where it begins to tell.
    pub score: f64,
    /// What is usual, on the detector's own scale.
    pub baseline: f64,
    /// What was seen, on the same scale.
    pub observed: f64,
    /// In words and numbers.
    pub explanation: String,
    /// What the owner could do.
    pub suggestion: Suggestion,
}

/// What people have said of an alert.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Nobody has looked.
    Open,
    /// Somebody has, and says why it need not be told again.
    Acknowledged {
        /// In his words.
        reason: String,
    },
    /// Not to be told again before a time.
    Snoozed {
        /// In seconds since 1970, UTC.
        until: i64,
    },
}

/// A finding that stands in the book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Alert {
    /// The strongest that was found.
    pub finding: Finding,
    /// When it was told, in seconds since 1970, UTC.
    pub since: i64,
    /// When it was last seen.
    pub last: i64,
    /// How many observations have shown it.
    pub times: u32,
    /// The requests that showed it first, at most [`Alert::REQUESTS`].
    pub requests: Vec<String>,
    /// What people have said.
    pub state: State,
}

impl Alert {
    /// So many requests are named.
    pub const REQUESTS: usize = 3;
}
