//! Responses in XML as their reader has them. The schema's order is not asked for, nor are attributes beyond it refused:
//! what comes may be another engine's.

use super::document::{Document, Read};
use super::request::read_value;
use super::schema::{plain_text, unexpected, without};
use crate::limits::Limits;
use crate::read::xml::{CORE_NAMESPACE, Space, Start, XmlLimits};
use crate::request::RequestError;
use crate::types::collapse;
use crate::value::Arena;
use crate::wire::answer::{
    Answer, AnswerAssignment, AnswerAttribute, AnswerDuty, AnswerMissing, AnswerPolicy, AnswerResult, AnswerValue,
    decision,
};

/// Reads a response in XML.
pub(in crate::wire) fn read_answer(text: &str) -> Read<Answer> {
    let arena = Arena::new();
    let limits = XmlLimits { bytes: (usize::MAX, ""), elements: usize::MAX, ..XmlLimits::default() };
    let mut document = Document::within(text, &arena, limits)?;
    let root = document.root()?;
    if !root.is("Response") {
        return Err(unexpected(&root, "Response"));
    }
    let mut results = Vec::new();
    while let Some(child) = document.child()? {
        if !child.is("Result") {
            return Err(unexpected(&child, "Result"));
        }
        results.push(read_result(&mut document, &child)?);
    }
    document.finish()?;
    if results.is_empty() {
        return Err(RequestError::new("`Response` without `Result`", Some(root.offset())));
    }
    Ok(Answer { results })
}

/// What a `StatusDetail` says of missing attributes, which was opened last.
pub(in crate::wire) fn read_detail(text: &str) -> Vec<AnswerMissing> {
    let arena = Arena::new();
    let wrapped = format!("<StatusDetail xmlns=\"{CORE_NAMESPACE}\">{text}</StatusDetail>");
    let read = || {
        let mut document = Document::new(&wrapped, &arena, &Limits::default())?;
        document.root()?;
        read_missing(&mut document)
    };
    // A detail may hold anything; what isn't ours says nothing to us.
    read().unwrap_or_default()
}

fn read_result(document: &mut Document<'_>, tag: &Start<'_>) -> Read<AnswerResult> {
    let mut result = None;
    while let Some(child) = document.child()? {
        if child.is("Decision") {
            let word = collapse(plain_text(document, &child)?);
            let unknown = || RequestError::new(format!("`{word}` is no decision"), Some(child.offset()));
            result = Some(AnswerResult::new(decision(word).ok_or_else(unknown)?));
            continue;
        }
        let Some(result) = &mut result else { return Err(unexpected(&child, "Decision")) };
        match child.name.local {
            _ if child.is("Status") => read_status(document, result)?,
            _ if child.is("Obligations") => result.obligations = read_duties(document, "Obligation", "ObligationId")?,
            _ if child.is("AssociatedAdvice") => result.advice = read_duties(document, "Advice", "AdviceId")?,
            _ if child.is("Attributes") => read_attributes(document, &child, &mut result.attributes)?,
            _ if child.is("PolicyIdentifierList") => result.policies = read_policies(document)?,
            _ => return Err(unexpected(&child, "a part of a `Result`")),
        }
    }
    result.ok_or_else(|| RequestError::new("`Result` without `Decision`", Some(tag.offset())))
}

fn read_status(document: &mut Document<'_>, result: &mut AnswerResult) -> Read<()> {
    while let Some(child) = document.child()? {
        if child.is("StatusCode") {
            result.status_code = required(document, &child, "Value")?;
            let mut depth = 1;
            while depth > 0 {
                match document.child()? {
                    None => depth -= 1,
                    Some(minor) => {
                        depth += 1;
                        result.minor_codes.push(required(document, &minor, "Value")?);
                    }
                }
            }
        } else if child.is("StatusMessage") {
            result.status_message = Some(plain_text(document, &child)?.to_owned());
        } else if child.is("StatusDetail") {
            result.missing = read_missing(document)?;
        } else {
            return Err(unexpected(&child, "StatusCode"));
        }
    }
    Ok(())
}

fn read_missing(document: &mut Document<'_>) -> Read<Vec<AnswerMissing>> {
    let mut missing = Vec::new();
    while let Some(child) = document.mixed_child()? {
        if child.is("MissingAttributeDetail") {
            missing.push(AnswerMissing {
                category: required(document, &child, "Category")?,
                id: required(document, &child, "AttributeId")?,
                data_type: required(document, &child, "DataType")?,
                issuer: optional(document, "Issuer"),
            });
        }
        document.skip()?;
    }
    Ok(missing)
}

fn read_duties(document: &mut Document<'_>, name: &str, id: &str) -> Read<Vec<AnswerDuty>> {
    let mut duties = Vec::new();
    while let Some(child) = document.child()? {
        if !child.is(name) {
            return Err(unexpected(&child, name));
        }
        let id = required(document, &child, id)?;
        let mut assignments = Vec::new();
        while let Some(child) = document.child()? {
            if !child.is("AttributeAssignment") {
                return Err(unexpected(&child, "AttributeAssignment"));
            }
            assignments.push(AnswerAssignment {
                id: required(document, &child, "AttributeId")?,
                category: optional(document, "Category"),
                issuer: optional(document, "Issuer"),
                value: AnswerValue::from(&read_value(document, &child)?),
            });
        }
        duties.push(AnswerDuty { id, assignments });
    }
    Ok(duties)
}

fn read_attributes(document: &mut Document<'_>, tag: &Start<'_>, attributes: &mut Vec<AnswerAttribute>) -> Read<()> {
    let category = required(document, tag, "Category")?;
    let group = in_space(document, Space::Xml, "id");
    while let Some(child) = document.child()? {
        if !child.is("Attribute") {
            document.skip()?;
            continue;
        }
        let id = required(document, &child, "AttributeId")?;
        let issuer = optional(document, "Issuer");
        while let Some(child) = document.child()? {
            attributes.push(AnswerAttribute {
                category: category.clone(),
                group: group.clone(),
                id: id.clone(),
                issuer: issuer.clone(),
                value: AnswerValue::from(&read_value(document, &child)?),
            });
        }
    }
    Ok(())
}

fn read_policies(document: &mut Document<'_>) -> Read<Vec<AnswerPolicy>> {
    let mut policies = Vec::new();
    while let Some(child) = document.child()? {
        let is_set = child.is("PolicySetIdReference");
        if !is_set && !child.is("PolicyIdReference") {
            return Err(unexpected(&child, "PolicyIdReference` or `PolicySetIdReference"));
        }
        let version = optional(document, "Version");
        policies.push(AnswerPolicy { is_set, id: collapse(plain_text(document, &child)?).to_owned(), version });
    }
    Ok(policies)
}

fn required(document: &Document<'_>, tag: &Start<'_>, name: &str) -> Read<String> {
    optional(document, name).ok_or_else(|| without(tag, name))
}

// The attribute's value; `Issuer` is a string, whose white space counts.
fn optional(document: &Document<'_>, name: &str) -> Option<String> {
    in_space(document, Space::None, name)
}

fn in_space(document: &Document<'_>, space: Space, name: &str) -> Option<String> {
    let mut attributes = document.xml.attributes().iter();
    let found = attributes.find(|one| one.name.space == space && one.name.local == name)?;
    Some(if name == "Issuer" { &*found.value } else { collapse(&found.value) }.to_owned())
}
