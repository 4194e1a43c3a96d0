//! The fault panel: what can break, and on which of the things that are there. Like the builder it puts a terminal line
//! together, word by word, from what the terminal itself knows.

use super::draft::quoted;
use super::page::Chip;
use super::stock::Stock;
use super::{Tap, stock};
use crate::cli;
use crate::session::Session;

/// Percentages and rates to begin with.
const PERCENTS: &[u32] = &[0, 20, 50, 80, 95];
/// Requests per second, one step of the stepper after the other.
const RATES: &[u32] = &[0, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000];

/// The words chosen so far, after `fault`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Panel {
    words: Vec<String>,
}

/// Something that can break or be mended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breakage {
    /// Its word in the terminal.
    pub word: String,
    /// What happens, as a sentence.
    pub what: String,
    /// It is chosen: [`Panel::chips`] are for it.
    pub open: bool,
}

impl Panel {
    /// What can be chosen: what a step allows, or everything.
    pub fn breakages(&self, stock: &Stock<'_>, allowed: &[String]) -> Vec<Breakage> {
        let known = cli::complete(stock.cloud, "fault ").into_iter();
        let allowed = known.filter(|it| allowed.is_empty() || allowed.contains(&it.text));
        let open = |word: &str| self.words.first().is_some_and(|chosen| chosen == word);
        { allowed }
            .map(|it| Breakage { open: open(&it.text), word: it.text, what: it.note })
            .collect()
    }

    /// Chooses what breaks, or leaves it again. Gives the line where nothing else has to be said.
    pub fn open(&mut self, breakage: &Breakage) -> Option<String> {
        self.words.clear();
        if breakage.open { None } else { self.add(&breakage.word) }
    }

    /// Adds a word. Gives the line where nothing else can be said, and begins again.
    pub fn add(&mut self, word: &str) -> Option<String> {
        self.words.push(word.to_owned());
        let line = self.line().filter(|_| self.asked().is_none())?;
        self.words.clear();
        Some(line)
    }

    /// The name of what is asked next.
    pub fn asked(&self) -> Option<&'static str> {
        cli::fault_asks(&self.words).0
    }

    /// What can be chosen next: things that are there, and usual numbers.
    pub fn chips(&self, stock: &Stock<'_>) -> Vec<Chip> {
        let Some(asked) = self.asked() else { return Vec::new() };
        let numbers = match asked {
            "cpuPercent" | "memoryPercent" => PERCENTS,
            "requestsPerSecond" => RATES,
            _ => &[],
        };
        let numbers = numbers.iter().map(|number| stock::plain((*number).to_string().into()));
        let mut offers: Vec<_> = stock.live(asked, false).into_iter().chain(numbers).collect();
        if offers.is_empty() && cli::live_names(stock.cloud, asked).is_empty() {
            let line = format!("fault {} ", self.words.join(" "));
            let words = cli::complete(stock.cloud, &line).into_iter();
            offers.extend(words.map(|word| stock::plain(word.text.into())));
        }
        let chip = |offer: stock::Offer| {
            let word = offer.value.as_str().unwrap_or_default().to_owned();
            Chip::new(offer.label, Tap::Word(word)).with_note(&offer.note)
        };
        offers.into_iter().map(chip).collect()
    }

    /// The line, once it can be run.
    pub fn line(&self) -> Option<String> {
        let words = self.words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
        cli::fault_asks(&self.words).1.then(|| format!("fault {words}"))
    }
}

/// How many requests per second a load balancer gets, by the learner's own lines.
pub fn rate(session: &Session, balancer: &str) -> u32 {
    let said = |line: &str| {
        let words = shlex::split(line)?;
        let words = words.strip_prefix(&["fault".to_owned()]).unwrap_or(&words);
        match words {
            [word, name, rate, ..] if word == "traffic" && name == balancer => rate.parse().ok(),
            _ => None,
        }
    };
    session.timeline().entries().rev().find_map(|(entry, _)| said(&entry.line)).unwrap_or(0)
}

/// The line that gives a load balancer one step more requests, or one step less.
pub fn traffic_line(balancer: &str, rate: u32, more: bool) -> String {
    let next = if more {
        RATES.iter().find(|step| **step > rate).or(RATES.last())
    } else {
        RATES.iter().rfind(|step| **step < rate).or(RATES.first())
    };
    format!("traffic {} {}", quoted(balancer), next.unwrap_or(&0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::played::play;
    use crate::cloud::Cloud;
    use crate::cloud::account::Start;
    use crate::session::view::builder::Hints;
    use crate::session::view::picture::Names;
    use crate::session::view::rows::Rows;

    const HOST: &str =
        "aws ec2 run-instances --image-id ami-0ec52023000000001 --instance-type t3.small";

    fn with_stock<R>(cloud: &Cloud, look: impl FnOnce(&Stock<'_>) -> R) -> R {
        let (rows, names) = (Rows::of(cloud.account()), Names::of(cloud.account()));
        look(&Stock { cloud, rows: &rows, names: &names, hints: &Hints::default() })
    }

    fn choose(panel: &mut Panel, cloud: &Cloud, word: &str) -> Option<String> {
        let all = with_stock(cloud, |stock| panel.breakages(stock, &[]));
        panel.open(all.iter().find(|it| it.word == word).expect("a fault of this name"))
    }

    #[test]
    fn every_fault_of_the_terminal_becomes_a_line_that_runs() {
        let mut cloud = Cloud::new(1, Start::DefaultVpc);
        for line in [
            "aws ecs create-cluster --cluster-name dock",
            HOST,
            "aws ecs register-task-definition --family w --container-definitions '[{\"name\":\"w\",\"image\":\"busybox\",\"memory\":64}]'",
            "aws ecs create-service --cluster dock --service-name w --task-definition w --desired-count 1",
            "settle",
        ] {
            play(&mut cloud, line);
        }
        let all = with_stock(&cloud, |stock| Panel::default().breakages(stock, &[]));
        assert!(all.len() >= 9, "{all:?}");
        for breakage in all {
            let mut panel = Panel::default();
            let mut line = panel.open(&breakage);
            while line.is_none() {
                let chips = with_stock(&cloud, |stock| panel.chips(stock));
                let Some(Tap::Word(word)) = chips.first().map(|chip| chip.tap.clone()) else {
                    break;
                };
                line = panel.add(&word);
            }
            // No task runs and there is no load balancer: then there is nothing to choose.
            let asked = panel.asked();
            let Some(line) = line.or_else(|| panel.line()) else {
                assert!(
                    matches!(asked, Some("task" | "loadBalancer")),
                    "{}: {asked:?}",
                    breakage.word
                );
                continue;
            };
            let said = cli::run(&mut cloud.clone(), &line).stderr;
            assert!(!said.contains("usage"), "{line}: {said}");
        }
    }

    #[test]
    fn targets_are_what_is_there_and_lives() {
        let mut cloud = Cloud::new(1, Start::DefaultVpc);
        cli::run(&mut cloud, HOST);
        cli::run(&mut cloud, "settle");
        let mut panel = Panel::default();
        assert_eq!(choose(&mut panel, &cloud, "stop-instance"), None);
        let chips = with_stock(&cloud, |stock| panel.chips(stock));
        let [chip] = chips.as_slice() else { panic!("one instance: {chips:?}") };
        let Tap::Word(id) = &chip.tap else { panic!("a word") };
        assert_eq!(panel.add(id), Some(format!("fault stop-instance {id}")));
        cli::run(&mut cloud, &format!("aws ec2 terminate-instances --instance-ids {id}"));
        cli::run(&mut cloud, "settle");
        choose(&mut panel, &cloud, "stop-instance");
        assert!(with_stock(&cloud, |stock| panel.chips(stock)).is_empty());
    }

    #[test]
    fn a_step_may_allow_only_some() {
        let cloud = Cloud::new(1, Start::DefaultVpc);
        let only = with_stock(&cloud, |stock| {
            Panel::default().breakages(stock, &["block-registry".to_owned()])
        });
        assert_eq!(only.len(), 1);
        assert_eq!(Panel::default().open(&only[0]), Some("fault block-registry".to_owned()));
    }

    #[test]
    fn traffic_goes_up_and_down_in_steps() {
        let mut session = Session::sandbox();
        assert_eq!(rate(&session, "shop"), 0);
        assert_eq!(traffic_line("shop", 0, true), "traffic shop 1");
        assert_eq!(traffic_line("shop", 70, true), "traffic shop 100");
        assert_eq!(traffic_line("shop", 70, false), "traffic shop 50");
        assert_eq!(traffic_line("shop", 0, false), "traffic shop 0");
        session.run("aws ecs list-clusters");
        assert_eq!(rate(&session, "shop"), 0);
    }
}
