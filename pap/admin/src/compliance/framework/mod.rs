//! The frameworks, each a table: a control, its question in our own words, and the themes that answer it.

mod gdpr;
mod iso27001;
mod pci_dss;
mod soc2;

use std::str::FromStr;

use serde::Serialize;

use super::facts::Facts;
use super::report::ControlReport;
use super::theme::{Finding, Theme};

/// A framework that key management is held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(into = "&'static str")]
#[non_exhaustive]
pub enum Framework {
    /// The trust services criteria of the AICPA.
    Soc2,
    /// ISO/IEC 27001:2022, annex A.
    Iso27001,
    /// PCI DSS 4.0.1.
    PciDss,
    /// The General Data Protection Regulation.
    Gdpr,
    /// FIPS 140 and SP 800-132.
    Fips,
    /// What has to be told of the breach of one key (GDPR, article 33): no framework that is asked for by its word.
    Breach,
}

/// A control, and the themes that answer it.
pub(super) struct Control {
    id: &'static str,
    title: &'static str,
    question: &'static str,
    themes: &'static [Theme],
}

pub(super) const fn control(
    id: &'static str,
    title: &'static str,
    question: &'static str,
    themes: &'static [Theme],
) -> Control {
    Control { id, title, question, themes }
}

impl Framework {
    /// All words, for whoever describes them.
    pub const WORDS: &str = "`soc2`, `iso27001`, `pci-dss`, `gdpr` and `fips`";

    /// Its word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Soc2 => "soc2",
            Self::Iso27001 => "iso27001",
            Self::PciDss => "pci-dss",
            Self::Gdpr => "gdpr",
            Self::Fips => "fips",
            Self::Breach => "breach",
        }
    }

    /// What it is called.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Soc2 => "SOC 2: trust services criteria, common criteria 6 to 8",
            Self::Iso27001 => "ISO/IEC 27001:2022, annex A",
            Self::PciDss => "PCI DSS 4.0.1",
            Self::Gdpr => "General Data Protection Regulation (EU) 2016/679",
            Self::Breach => "Breach of a key: what GDPR article 33 asks to be told",
            Self::Fips => "FIPS 140-2 section 4.7, FIPS 140-3 (ISO/IEC 19790:2012 7.9), NIST SP 800-132",
        }
    }

    fn controls(self) -> &'static [Control] {
        match self {
            Self::Soc2 => soc2::CONTROLS,
            Self::Iso27001 => iso27001::CONTROLS,
            Self::PciDss => pci_dss::CONTROLS,
            Self::Gdpr => gdpr::CONTROLS,
            // Their controls are functions of their own, see `compliance::controls` and `compliance::breach`.
            Self::Fips | Self::Breach => &[],
        }
    }

    /// Every control by the facts.
    pub(super) fn judge(self, facts: &Facts) -> Vec<ControlReport> {
        self.controls().iter().map(|control| control.judge(facts)).collect()
    }
}

impl From<Framework> for &'static str {
    fn from(framework: Framework) -> Self {
        framework.as_str()
    }
}

impl FromStr for Framework {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        match text {
            "soc2" => Ok(Self::Soc2),
            "iso27001" => Ok(Self::Iso27001),
            "pci-dss" => Ok(Self::PciDss),
            "gdpr" => Ok(Self::Gdpr),
            "fips" => Ok(Self::Fips),
            _ => Err(()),
        }
    }
}

impl Control {
    fn judge(&self, facts: &Facts) -> ControlReport {
        let mut whole = Finding::default();
        self.themes.iter().for_each(|theme| whole.add(theme(facts)));
        whole.report((self.id, self.title, self.question))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_control_is_there_once_and_asks_something_that_is_answered() {
        for framework in [Framework::Soc2, Framework::Iso27001, Framework::PciDss, Framework::Gdpr] {
            let ids: BTreeSet<_> = framework.controls().iter().map(|control| control.id).collect();
            assert_eq!(ids.len(), framework.controls().len(), "{framework:?}");
            for control in framework.controls() {
                assert!(control.question.ends_with('?') && !control.themes.is_empty(), "{}", control.id);
            }
        }
    }
}
