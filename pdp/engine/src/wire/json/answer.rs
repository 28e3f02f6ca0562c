//! Responses in JSON as their reader has them. Members beyond the profile's are passed over, and the older drafts' forms
//! of `Response` are read: what comes may be another engine's.

use super::cursor::{Cursor, Read};
use super::request::read_category;
use super::value::{Items, infer, missing, read_data_type, read_values};
use crate::limits::Limits;
use crate::request::{RequestError, TypeName};
use crate::value::{Arena, DataType};
use crate::wire::answer::{
    Answer, AnswerAssignment, AnswerAttribute, AnswerDuty, AnswerMissing, AnswerPolicy, AnswerResult, AnswerValue,
    decision,
};
use crate::wire::content::decode;
use crate::wire::shorthand::category_or_short;
use crate::wire::xml::read_detail;

/// Reads a response in JSON.
pub(in crate::wire) fn read_answer(text: &str) -> Read<Answer> {
    let arena = Arena::new();
    let limits = Limits { request_elements: usize::MAX, ..Limits::default() };
    let mut cursor = Cursor::new(text, &arena, &limits);
    let mut results = Vec::new();
    let mut document = cursor.object()?;
    while let Some((name, _)) = cursor.member(&mut document)? {
        match name {
            "Response" => cursor.each(|cursor| read_result(cursor, &limits, &mut results))?,
            _ => cursor.skip()?,
        }
    }
    cursor.end()?;
    if results.is_empty() {
        return Err(missing("Response", "a document", 0));
    }
    Ok(Answer { results })
}

// A result, or an object around results.
fn read_result(cursor: &mut Cursor<'_>, limits: &Limits, results: &mut Vec<AnswerResult>) -> Read<()> {
    let start = cursor.offset();
    let (mut word, mut wraps) = (None, false);
    let mut result = AnswerResult::new(crate::decision::Decision::NotApplicable);
    let mut object = cursor.object()?;
    while let Some((name, at)) = cursor.member(&mut object)? {
        match name {
            "Decision" => {
                let text = cursor.string()?;
                let unknown = || RequestError::new(format!("`{text}` is no decision"), Some(at));
                word = Some(decision(text).ok_or_else(unknown)?);
            }
            "Status" => read_status(cursor, &mut result)?,
            "Obligations" => read_duties(cursor, &mut result.obligations)?,
            "AssociatedAdvice" => read_duties(cursor, &mut result.advice)?,
            "Category" => cursor.each(|cursor| read_attributes(cursor, limits, &mut result.attributes))?,
            "PolicyIdentifierList" => read_policies(cursor, &mut result.policies)?,
            "Result" => {
                wraps = true;
                cursor.each(|cursor| read_result(cursor, limits, results))?;
            }
            _ => cursor.skip()?,
        }
    }
    if !wraps {
        result.decision = word.ok_or_else(|| missing("Decision", "a result", start))?;
        results.push(result);
    }
    Ok(())
}

fn read_status(cursor: &mut Cursor<'_>, result: &mut AnswerResult) -> Read<()> {
    let mut object = cursor.object()?;
    while let Some((name, at)) = cursor.member(&mut object)? {
        match name {
            "StatusMessage" => result.status_message = Some(cursor.string()?.to_owned()),
            "StatusCode" => read_code(cursor, result)?,
            "StatusDetail" if cursor.peek() == Some(b'"') => {
                let text = cursor.string()?;
                let is_xml = text.trim_start().starts_with('<');
                result.missing = read_detail(if is_xml { text } else { decode(text, at, cursor.arena())? });
            }
            "StatusDetail" => cursor.each(|cursor| {
                result.missing.push(read_missing(cursor)?);
                Ok(())
            })?,
            _ => cursor.skip()?,
        }
    }
    Ok(())
}

// A code, and the minor ones within: by a loop, since they may be as deep as the limit.
fn read_code(cursor: &mut Cursor<'_>, result: &mut AnswerResult) -> Read<()> {
    let mut codes = vec![crate::status::StatusCode::Ok.as_str().to_owned()];
    let mut open = vec![cursor.object()?];
    while let Some(object) = open.last_mut() {
        match cursor.member(object)? {
            None => {
                open.pop();
            }
            Some(("Value", _)) => {
                let text = cursor.string()?.to_owned();
                if let Some(code) = codes.get_mut(open.len() - 1) {
                    *code = text;
                }
            }
            Some(("StatusCode", _)) => {
                open.push(cursor.object()?);
                codes.push(String::new());
            }
            Some(_) => cursor.skip()?,
        }
    }
    result.status_code = codes.remove(0);
    result.minor_codes = codes;
    Ok(())
}

fn read_missing(cursor: &mut Cursor<'_>) -> Read<AnswerMissing> {
    let start = cursor.offset();
    let (mut category, mut id, mut data_type, mut issuer) = (None, None, TypeName::Known(DataType::String), None);
    let mut object = cursor.object()?;
    while let Some((name, _)) = cursor.member(&mut object)? {
        match name {
            "Category" => category = Some(category_or_short(cursor.string()?).to_owned()),
            "AttributeId" => id = Some(cursor.string()?.to_owned()),
            "DataType" => data_type = read_data_type(cursor)?,
            "Issuer" => issuer = Some(cursor.string()?.to_owned()),
            _ => cursor.skip()?,
        }
    }
    Ok(AnswerMissing {
        category: category.ok_or_else(|| missing("Category", "a missing attribute", start))?,
        id: id.ok_or_else(|| missing("AttributeId", "a missing attribute", start))?,
        data_type: data_type.uri().to_owned(),
        issuer,
    })
}

fn read_duties(cursor: &mut Cursor<'_>, duties: &mut Vec<AnswerDuty>) -> Read<()> {
    cursor.each(|cursor| {
        let start = cursor.offset();
        let (mut id, mut assignments) = (None, Vec::new());
        let mut object = cursor.object()?;
        while let Some((name, _)) = cursor.member(&mut object)? {
            match name {
                "Id" => id = Some(cursor.string()?.to_owned()),
                "AttributeAssignment" => cursor.each(|cursor| read_assignment(cursor, &mut assignments))?,
                _ => cursor.skip()?,
            }
        }
        let id = id.ok_or_else(|| missing("Id", "an obligation", start))?;
        duties.push(AnswerDuty { id, assignments });
        Ok(())
    })
}

fn read_assignment(cursor: &mut Cursor<'_>, assignments: &mut Vec<AnswerAssignment>) -> Read<()> {
    let start = cursor.offset();
    let (mut id, mut category, mut issuer, mut data_type) = (None, None, None, None);
    let mut items = Items::new();
    let mut object = cursor.object()?;
    while let Some((name, _)) = cursor.member(&mut object)? {
        match name {
            "AttributeId" => id = Some(cursor.string()?.to_owned()),
            "Category" => category = Some(category_or_short(cursor.string()?).to_owned()),
            "Issuer" => issuer = Some(cursor.string()?.to_owned()),
            "DataType" => data_type = Some(read_data_type(cursor)?),
            "Value" => read_values(cursor, &mut items)?,
            _ => cursor.skip()?,
        }
    }
    let id = id.ok_or_else(|| missing("AttributeId", "an assignment", start))?;
    let data_type = data_type.map_or_else(|| infer(&items), Ok)?;
    for item in &items {
        let value = AnswerValue::from(&item.with_type(data_type)?);
        assignments.push(AnswerAssignment {
            id: id.clone(),
            category: category.clone(),
            issuer: issuer.clone(),
            value,
        });
    }
    Ok(())
}

fn read_attributes(cursor: &mut Cursor<'_>, limits: &Limits, attributes: &mut Vec<AnswerAttribute>) -> Read<()> {
    let category = read_category(cursor, None, limits)?;
    for attribute in category.attributes {
        attributes.extend(attribute.values.iter().map(|value| AnswerAttribute {
            category: category.category.to_owned(),
            group: category.id.map(str::to_owned),
            id: attribute.id.to_owned(),
            issuer: attribute.issuer.map(str::to_owned),
            value: AnswerValue::from(value),
        }));
    }
    Ok(())
}

fn read_policies(cursor: &mut Cursor<'_>, policies: &mut Vec<AnswerPolicy>) -> Read<()> {
    let mut object = cursor.object()?;
    while let Some((name, _)) = cursor.member(&mut object)? {
        let is_set = match name {
            "PolicyIdReference" => false,
            "PolicySetIdReference" => true,
            _ => {
                cursor.skip()?;
                continue;
            }
        };
        cursor.each(|cursor| {
            let start = cursor.offset();
            let (mut id, mut version) = (None, None);
            let mut object = cursor.object()?;
            while let Some((name, _)) = cursor.member(&mut object)? {
                match name {
                    "Id" => id = Some(cursor.string()?.to_owned()),
                    "Version" => version = Some(cursor.string()?.to_owned()),
                    _ => cursor.skip()?,
                }
            }
            let id = id.ok_or_else(|| missing("Id", "a policy's reference", start))?;
            policies.push(AnswerPolicy { is_set, id, version });
            Ok(())
        })?;
    }
    Ok(())
}
