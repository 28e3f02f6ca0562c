//! Telling clients where the endpoints of OAuth are (RFC 8414).

use crate::oauth::Metadata;
use crate::{Admin, AdminError};

impl Admin {
    /// Where the endpoints are and what they can do, for anybody. A node that doesn't know its address has nothing to tell.
    pub fn show_metadata(&self) -> Result<Metadata, AdminError> {
        Metadata::of(self.issuer()).map_err(|_| AdminError::NotFound)
    }
}
