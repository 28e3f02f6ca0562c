//! Telling clients where the endpoints of OAuth are (RFC 8414).

use crate::oauth::Metadata;
use crate::{Admin, AdminError};

impl Admin {
    /// Where the endpoints are and what they can do, for anybody. A node that doesn't know its address has nothing to tell.
    pub fn show_metadata(&self) -> Result<Metadata, AdminError> {
        Metadata::of(self.issuer()).map_err(|_| AdminError::NotFound)
    }

    /// The path of the issuer, which clients append to the well-known one (RFC 8414 §3.1); `None` where it has none.
    pub fn issuer_path(&self) -> Option<&str> {
        let (_, rest) = self.issuer().url.as_deref()?.split_once("://")?;
        let (_, path) = rest.split_once('/')?;
        Some(path.trim_end_matches('/')).filter(|path| !path.is_empty())
    }
}
