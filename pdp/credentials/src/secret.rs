//! Text that must not be seen: wiped when dropped, hidden from `Debug`, without `Display`, `Clone` or serialisation.

use std::fmt;

use zeroize::Zeroizing;

/// A secret in text form: a key as it is shown once, a master key, a tag key.
///
/// ```
/// let secret = argus_credentials::Secret::new("opensesame".to_owned());
/// assert_eq!(format!("{secret:?}"), "Secret(…)");
/// ```
///
/// It can't be printed by accident:
///
/// ```compile_fail
/// println!("{}", argus_credentials::Secret::new("opensesame".to_owned()));
/// ```
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes over a text. Copies that were made of it before are not this type's to wipe.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The text itself. Each call is a place where it may leak: let them be few.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}
