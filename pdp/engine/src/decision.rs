//! Effects and decisions, the extended Indeterminate included (core 7.10).

/// What a rule, an obligation or advice is for (core 5.2, `EffectType`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effect {
    /// Access is granted.
    Permit,
    /// Access is refused.
    Deny,
}

/// What an Indeterminate could have been, had it not failed (core 7.10).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Effects {
    /// Indeterminate{D}: Deny, but not Permit.
    D,
    /// Indeterminate{P}: Permit, but not Deny.
    P,
    /// Indeterminate{DP}: either.
    DP,
}

/// The value of a rule, a policy or a policy set (core 7.11 to 7.14).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Decision {
    /// Access is granted.
    Permit,
    /// Access is refused.
    Deny,
    /// Nothing here speaks about the request.
    NotApplicable,
    /// The value could not be worked out; it could have been one of these effects.
    Indeterminate(Effects),
}

impl Effects {
    /// Whether Deny was possible.
    pub const fn may_deny(self) -> bool {
        matches!(self, Self::D | Self::DP)
    }

    /// Whether Permit was possible.
    pub const fn may_permit(self) -> bool {
        matches!(self, Self::P | Self::DP)
    }
}

impl From<Effect> for Effects {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Permit => Self::P,
            Effect::Deny => Self::D,
        }
    }
}

impl From<Effect> for Decision {
    fn from(effect: Effect) -> Self {
        match effect {
            Effect::Permit => Self::Permit,
            Effect::Deny => Self::Deny,
        }
    }
}

impl Effect {
    /// The word of the standard: `Permit` or `Deny`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Permit => "Permit",
            Self::Deny => "Deny",
        }
    }
}

impl Decision {
    /// The word that leaves the PDP: the extended Indeterminate is not written (core 7.10).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Permit => "Permit",
            Self::Deny => "Deny",
            Self::NotApplicable => "NotApplicable",
            Self::Indeterminate(_) => "Indeterminate",
        }
    }

    /// The effect, where the decision is one.
    pub const fn effect(self) -> Option<Effect> {
        match self {
            Self::Permit => Some(Effect::Permit),
            Self::Deny => Some(Effect::Deny),
            _ => None,
        }
    }
}

impl std::fmt::Display for Decision {
    /// The extended form, for people: `Indeterminate{DP}`.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Indeterminate(effects) => write!(f, "Indeterminate{{{effects:?}}}"),
            other => f.write_str(other.as_str()),
        }
    }
}
