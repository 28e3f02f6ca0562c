//! The parameters of a request (RFC 6749 §3.2): each at most once, an empty one as if it weren't there.

use std::fmt;

use argus_credentials::Secret;

use super::OauthRefused;

/// The parameters of a request. Some are secrets, so all are treated as such.
pub struct Form {
    parameters: Vec<(String, Secret)>,
}

/// A client may name several resources (RFC 8707 §2).
const REPEATABLE: &str = "resource";

impl Form {
    /// Takes the decoded pairs of a form. One that is there twice makes it unreadable, though it were empty or unknown:
    /// whoever reads only the first and whoever reads only the last would have read two different requests.
    pub fn new(pairs: Vec<(String, String)>) -> Result<Self, OauthRefused> {
        let mut parameters: Vec<(String, Secret)> = Vec::with_capacity(pairs.len());
        for (name, value) in pairs {
            if name != REPEATABLE && parameters.iter().any(|(known, _)| *known == name) {
                return Err(OauthRefused::invalid_request(format!("the parameter `{name}` is there twice")));
            }
            parameters.push((name, Secret::new(value)));
        }
        parameters.retain(|(_, value)| !value.expose().is_empty());
        Ok(Self { parameters })
    }

    /// Takes a parameter out.
    pub(crate) fn take(&mut self, name: &str) -> Option<Secret> {
        let place = self.parameters.iter().position(|(known, _)| known == name)?;
        Some(self.parameters.remove(place).1)
    }

    /// Takes a parameter out that has to be there.
    pub(crate) fn required(&mut self, name: &str) -> Result<Secret, OauthRefused> {
        self.take(name).ok_or_else(|| OauthRefused::invalid_request(format!("the parameter `{name}` is missing")))
    }

    /// Whether a parameter is there.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.parameters.iter().any(|(known, _)| known == name)
    }
}

impl fmt::Debug for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.parameters.iter().map(|(name, _)| name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::OauthCode;

    fn form(pairs: &[(&str, &str)]) -> Result<Form, OauthRefused> {
        Form::new(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn an_empty_parameter_is_not_there_and_an_unknown_one_does_no_harm() {
        let mut read = form(&[("scope", ""), ("flavour", "sour"), ("grant_type", "client_credentials")]).unwrap();
        assert!(read.take("scope").is_none() && !read.has("scope"));
        assert_eq!(read.required("grant_type").unwrap().expose(), "client_credentials");
        assert_eq!(read.required("grant_type").unwrap_err().code, OauthCode::InvalidRequest);
    }

    #[test]
    fn a_repeated_parameter_is_refused_whatever_it_says() {
        for pairs in [[("scope", "a"), ("scope", "a")], [("scope", ""), ("scope", "a")], [("x", "1"), ("x", "2")]] {
            assert_eq!(form(&pairs).unwrap_err().code, OauthCode::InvalidRequest, "{pairs:?}");
        }
        assert!(form(&[("resource", "https://a"), ("resource", "https://b")]).is_ok());
    }

    #[test]
    fn what_a_form_holds_is_not_printed() {
        assert_eq!(format!("{:?}", form(&[("client_secret", "hush")]).unwrap()), "[\"client_secret\"]");
    }
}
