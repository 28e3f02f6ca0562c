//! Names as people write them, `acme/atlas/reader`, and the way from one to its key.

use std::fmt;

use serde_json::Value;

use super::{Client, items, text};
use crate::exit::Exit;
use crate::failure::Failure;
use crate::nearest::nearest;

/// An organisation and, where it is named, one of its projects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Path {
    pub(crate) organisation: String,
    pub(crate) project: Option<String>,
}

impl std::str::FromStr for Path {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (organisation, project) = match text.split_once('/') {
            Some((organisation, project)) => (organisation, Some(project)),
            None => (text, None),
        };
        if organisation.is_empty() || project.is_some_and(|project| project.is_empty() || project.contains('/')) {
            return Err("write `organisation` or `organisation/project`".to_owned());
        }
        Ok(Self { organisation: organisation.to_owned(), project: project.map(str::to_owned) })
    }
}

/// The path of what is named by an id: `argus NOUN list` shows those there are. An id is one segment, whatever was typed.
pub(crate) fn path_by_id(noun: &str, collection: &str, id: &str) -> Result<String, Failure> {
    if !id.is_empty() && id.bytes().all(|c| c.is_ascii_hexdigit() || c == b'-') {
        return Ok(format!("/v1/{collection}/{id}"));
    }
    Err(Failure::usage(format!("`{}` is the id of no {noun}", id.escape_debug()))
        .help(format!("argus {noun} list shows those there are")))
}

/// A key by where it belongs and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeyName {
    pub(crate) place: Path,
    pub(crate) name: String,
}

impl std::str::FromStr for KeyName {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let wrong = || "write `organisation/project/name`, or `organisation/name` for a key of no project".to_owned();
        let (place, name) = text.rsplit_once('/').ok_or_else(wrong)?;
        if name.is_empty() {
            return Err(wrong());
        }
        Ok(Self { place: place.parse().map_err(|_| wrong())?, name: name.to_owned() })
    }
}

impl fmt::Display for KeyName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.place.organisation)?;
        if let Some(project) = &self.place.project {
            write!(f, "{project}/")?;
        }
        f.write_str(&self.name)
    }
}

/// The key that a name or an id means.
pub(crate) fn find_key(client: &Client, named: &str) -> Result<Value, Failure> {
    if is_id(named) {
        return client.get(&format!("/v1/keys/{named}"), &[]);
    }
    let key: KeyName = named.parse().map_err(|help: String| {
        Failure::usage(format!("`{named}` is neither the name nor the id of a key")).help(help)
    })?;
    let place = query(&key.place);
    let mut exactly = place.clone();
    exactly.push(("name", &key.name));
    let found = client.get("/v1/keys", &exactly)?;
    match items(&found).first() {
        Some(key) => Ok(key.clone()),
        None => Err(no_such_key(client, &key, &place)),
    }
}

fn is_id(text: &str) -> bool {
    text.len() == 36 && text.bytes().all(|octet| octet == b'-' || octet.is_ascii_hexdigit())
}

/// The filter of a list.
pub(crate) fn query(place: &Path) -> Vec<(&str, &str)> {
    let mut query = vec![("organisation", place.organisation.as_str())];
    query.extend(place.project.as_deref().map(|project| ("project", project)));
    query
}

/// The nearest right name is offered where the names there may be read.
fn no_such_key(client: &Client, key: &KeyName, place: &[(&str, &str)]) -> Failure {
    let failure = Failure::new(Exit::No, "not-found", format!("there is no key `{key}`"));
    let others = client.list("/v1/keys", place).unwrap_or_default();
    let names: Vec<&str> = items(&others).iter().map(|other| text(other, "path")).collect();
    match nearest(&key.to_string(), names) {
        Some(name) => failure.help(format!("did you mean `{name}`?")),
        None => failure.help(format!("argus key list {} shows those there are", place_in_words(&key.place))),
    }
}

fn place_in_words(place: &Path) -> String {
    match &place.project {
        Some(project) => format!("{}/{project}", place.organisation),
        None => place.organisation.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_has_two_parts_or_three() {
        let key: KeyName = "acme/atlas/reader".parse().unwrap();
        assert_eq!((key.place.project.as_deref(), key.name.as_str()), (Some("atlas"), "reader"));
        assert_eq!(key.to_string(), "acme/atlas/reader");
        let key: KeyName = "acme/reader".parse().unwrap();
        assert_eq!((key.place.project.as_deref(), key.to_string().as_str()), (None, "acme/reader"));
        for text in ["", "acme", "/x", "acme/", "a//b", "a/b/c/d"] {
            assert!(text.parse::<KeyName>().is_err(), "{text}");
        }
    }
}
