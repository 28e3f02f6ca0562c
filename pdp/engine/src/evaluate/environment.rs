//! What the caller brings besides policy and request: the time, the zone, the limits, further attributes.

use std::fmt;

use crate::limits::Limits;
use crate::status::Fault;
use crate::types::{DateTime, ZoneOffset};
use crate::value::{DataType, OwnedValue};

/// What holds for one evaluation. One instant for all of it, so that the three attributes of the clock agree.
#[derive(Clone, Copy)]
pub struct Environment<'e> {
    /// The moment of the request, with a zone (core 10.2.5).
    pub now: DateTime,
    /// The zone of values that have none (core 7.3.6 leaves it to the deployment).
    pub implicit_zone: ZoneOffset,
    /// The bounds.
    pub limits: Limits,
    /// A policy information point, asked for what the request does not say.
    pub source: Option<&'e dyn AttributeSource>,
}

/// An attribute that a designator asks for and the request does not hold.
#[derive(Debug, Clone, Copy)]
pub struct AttributeQuery<'q> {
    /// The category's identifier.
    pub category: &'q str,
    /// The attribute's identifier.
    pub id: &'q str,
    /// The data type.
    pub data_type: DataType,
    /// The issuer, where the designator names one.
    pub issuer: Option<&'q str>,
}

/// A policy information point. It is asked at most once for each attribute of an evaluation.
pub trait AttributeSource: Sync {
    /// The values, none where it has none. Values of another type than the one asked for are left out.
    ///
    /// # Errors
    /// A fault makes the attribute Indeterminate.
    fn find(&self, query: &AttributeQuery<'_>) -> Result<Vec<OwnedValue>, Fault>;
}

impl fmt::Debug for Environment<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Environment")
            .field("now", &self.now)
            .field("implicit_zone", &self.implicit_zone)
            .field("limits", &self.limits)
            .field("source", &self.source.is_some())
            .finish()
    }
}

impl Environment<'_> {
    /// The environment at a moment, with the defaults: UTC where no zone is given, no attribute source.
    pub fn at(now: DateTime) -> Self {
        Self { now, implicit_zone: ZoneOffset::default(), limits: Limits::default(), source: None }
    }
}
