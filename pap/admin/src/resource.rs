//! The resources that acts are asked for: paths in the reserved project `argus` of the organisation concerned.

use argus_engine::scope::{Action, ResourcePath};

use crate::AdminError;

/// The organisation that runs the installation. Its keys may reach the others.
pub const HOST: &str = "argus";

/// The project of each organisation that holds Argus's own resources.
pub const RESERVED_PROJECT: &str = "argus";

/// One of Argus's own resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Own {
    /// The organisations, all of them: a resource of `argus`.
    Organisations,
    /// The processes that serve the installation: a resource of `argus`.
    Nodes,
    /// The organisation itself. Whoever may `admin` it is an owner.
    Organisation,
    /// Its projects.
    Projects,
    /// Its keys.
    Keys,
    /// The decisions about it.
    Decisions,
    /// What access tokens are signed with: a resource of `argus`.
    SigningKeys,
    /// What the audit tells of it.
    Audit,
    /// The limits that its keys share, and what uses cost.
    Limits,
    /// What its keys were used for.
    Usage,
    /// Who is told of what happens to its keys, and what is on its way to them.
    Contacts,
    /// The log of decisions.
    DecisionLog,
    /// Reviews of what its keys grant. Whoever may `admin` them signs.
    Reviews,
}

impl Own {
    const fn last_segment(self) -> &'static str {
        match self {
            Self::Organisations => "organisations",
            Self::Nodes => "nodes",
            Self::Organisation => "organisation",
            Self::Projects => "projects",
            Self::Keys => "keys",
            Self::Decisions => "pdp",
            Self::SigningKeys => "signing-keys",
            Self::Audit => "audit",
            Self::Limits => "limits",
            Self::Usage => "usage",
            Self::Contacts => "contacts",
            Self::DecisionLog => "decisions",
            Self::Reviews => "reviews",
        }
    }

    /// Its path in an organisation, whose name is a plain segment.
    pub(crate) fn path(self, organisation: &str) -> Result<ResourcePath, AdminError> {
        let text = format!("{organisation}/{RESERVED_PROJECT}/{}", self.last_segment());
        ResourcePath::parse(&text).map_err(|_| AdminError::NotFound)
    }

    /// The scope that an act upon it needs.
    pub(crate) fn needed_scope(self, organisation: &str, action: Action) -> String {
        format!("{organisation}/{RESERVED_PROJECT}/{}:{action}", self.last_segment())
    }
}
