//! A use that was tried in thought, and a fault of what was sent, as they are shown.

use argus_engine::scope::Action;
use serde::Serialize;
use utoipa::ToSchema;

use super::Time;
use crate::sample::Sample;
use crate::{Fault, Place, Surroundings, Verdict};

/// A use, and what is decided about it.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Trial)]
pub struct TrialView {
    /// What is tried by it.
    about: String,
    /// What is done.
    action: &'static str,
    /// To what.
    resource: String,
    /// What is known of the client. What isn't there is not known.
    context: ContextView,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
    /// Permit or Deny.
    decision: &'static str,
    /// Why not, by the word that enforcement points are told.
    reason: Option<&'static str>,
    /// The scope that covers it.
    matched_scope: Option<String>,
}

/// What is known of a client.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TrialContext)]
struct ContextView {
    #[serde(skip_serializing_if = "Option::is_none")]
    ip: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    country: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    network: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    device: Option<DeviceView>,
}

/// What is known of a device.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = TrialDevice)]
struct DeviceView {
    compliant: bool,
}

/// Something that is wrong with what was sent.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Fault)]
pub struct FaultView {
    /// Where: a JSON Pointer (RFC 6901).
    pub pointer: String,
    /// What a program tells it apart by.
    pub code: &'static str,
    /// What is wrong.
    pub detail: String,
    /// What to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
}

impl From<(Sample, Verdict)> for TrialView {
    fn from((sample, verdict): (Sample, Verdict)) -> Self {
        let action: Action = sample.trial.action;
        Self {
            about: sample.about,
            action: action.as_str(),
            resource: sample.trial.resource.to_string(),
            at: Time(sample.trial.surroundings.at),
            context: sample.trial.surroundings.into(),
            decision: if verdict.refused.is_none() { "Permit" } else { "Deny" },
            reason: verdict.refused,
            matched_scope: verdict.matched_scope,
        }
    }
}

impl From<Surroundings> for ContextView {
    fn from(surroundings: Surroundings) -> Self {
        Self {
            ip: surroundings.ip.map(|ip| ip.to_string()),
            country: surroundings.country,
            network: surroundings.network,
            device: surroundings.device_compliant.map(|compliant| DeviceView { compliant }),
        }
    }
}

impl From<&Fault> for FaultView {
    fn from(fault: &Fault) -> Self {
        let (Place::Body(pointer) | Place::Query(pointer) | Place::Header(pointer)) = &fault.place;
        Self {
            pointer: pointer.clone(),
            code: fault.code.as_str(),
            detail: fault.detail.clone(),
            help: fault.help.clone(),
        }
    }
}
