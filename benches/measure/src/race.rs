//! Several ways to do the same, measured in turns, so that a machine that is busy for a while slows all of them.

use crate::median;
use crate::peer::Answer;

type Run<'a> = Box<dyn FnMut() -> Option<Answer> + 'a>;

/// Ways to do the same, measured in turns.
pub struct Race<'a> {
    title: String,
    unit: &'static str,
    beside: Option<&'static str>,
    runners: Vec<(String, Run<'a>)>,
}

/// What came of a race.
#[derive(Debug)]
pub struct Outcome {
    rounds: Vec<Vec<Option<Answer>>>,
    names: Vec<String>,
}

impl<'a> Race<'a> {
    /// A race whose figures are in `unit`.
    #[must_use]
    pub fn new(title: impl Into<String>, unit: &'static str) -> Self {
        Self {
            title: title.into(),
            unit,
            beside: None,
            runners: Vec::new(),
        }
    }

    /// Prints a second figure too.
    #[must_use]
    pub fn beside(mut self, name: &'static str) -> Self {
        self.beside = Some(name);
        self
    }

    /// Adds a runner. `None` from it is a run that was not possible.
    pub fn runner(&mut self, name: impl Into<String>, run: impl FnMut() -> Option<Answer> + 'a) {
        self.runners.push((name.into(), Box::new(run)));
    }

    /// Lets all run in turns, after one round that does not count where `warm_up` says so, and prints the medians. The ratios are to the
    /// first runner: the median of the ratios of each round.
    #[must_use]
    pub fn run(mut self, rounds: usize, warm_up: bool) -> Outcome {
        if warm_up {
            for (_, run) in &mut self.runners {
                run();
            }
        }
        let count = self.runners.len();
        let mut outcome = Outcome {
            rounds: Vec::new(),
            names: self.runners.iter().map(|(name, _)| name.clone()).collect(),
        };
        for round in 0..rounds {
            let mut answers = vec![None; count];
            // Each begins a round as often as the others: what runs after a long run finds other caches.
            for at in (0..count).map(|at| (at + round) % count) {
                answers[at] = (self.runners[at].1)();
            }
            outcome.rounds.push(answers);
        }
        self.print(&outcome);
        outcome
    }

    fn print(&self, outcome: &Outcome) {
        println!("\n{} ({} rounds)", self.title, outcome.rounds.len());
        let beside = self.beside.unwrap_or_default();
        println!(
            "{:<34} {:>18} {:>8}  {:>8} {beside}",
            "", self.unit, "ratio", "±"
        );
        for name in &outcome.names {
            let (Some(value), Some(ratio)) = (outcome.value(name), outcome.ratio(name)) else {
                println!("{name:<34} {:>18}", "–");
                continue;
            };
            let beside = self
                .beside
                .and_then(|_| outcome.beside(name))
                .map_or_else(String::new, |beside| format!("{beside:.2}"));
            println!(
                "{name:<34} {:>18} {ratio:>8.3}  {:>7.1}% {beside}",
                written(value),
                outcome.spread(name) * 100.0
            );
        }
    }
}

/// Thousands apart, and decimals only where they tell something.
fn written(value: f64) -> String {
    if value < 1_000.0 {
        return format!("{value:.1}");
    }
    let digits = format!("{value:.0}");
    let mut written = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            written.push(',');
        }
        written.push(digit);
    }
    written
}

impl Outcome {
    fn all(
        &self,
        name: &str,
        figure: impl Fn(&[Option<Answer>], Answer) -> Option<f64>,
    ) -> Vec<f64> {
        let Some(at) = self.names.iter().position(|known| known == name) else {
            return Vec::new();
        };
        self.rounds
            .iter()
            .filter_map(|round| figure(round, round[at]?))
            .collect()
    }

    fn median_of(
        &self,
        name: &str,
        figure: impl Fn(&[Option<Answer>], Answer) -> Option<f64>,
    ) -> Option<f64> {
        Some(median(&self.all(name, figure))).filter(|median| !median.is_nan())
    }

    /// The median figure of a runner.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<f64> {
        self.median_of(name, |_, answer| Some(answer.value))
    }

    /// The median of what stood beside it.
    #[must_use]
    pub fn beside(&self, name: &str) -> Option<f64> {
        self.median_of(name, |_, answer| Some(answer.beside))
    }

    /// The median of a runner's ratios to the first runner, round by round.
    #[must_use]
    pub fn ratio(&self, name: &str) -> Option<f64> {
        self.median_of(name, |round, answer| Some(answer.value / round[0]?.value))
    }

    /// How far the figures are from their median, in the median, as a part of it.
    fn spread(&self, name: &str) -> f64 {
        let Some(value) = self.value(name) else {
            return f64::NAN;
        };
        let far = self.all(name, |_, answer| Some((answer.value - value).abs() / value));
        median(&far)
    }

    /// Prints whether a ratio is where it should be.
    pub fn target(&self, name: &str, target: Target) {
        let Some(ratio) = self.ratio(name) else {
            return;
        };
        let (met, sign, limit) = match target {
            Target::AtMost(limit) => (ratio <= limit, "≤", limit),
            Target::AtLeast(limit) => (ratio >= limit, "≥", limit),
        };
        let verdict = if met { "met" } else { "MISSED" };
        println!(
            "target: {name} {sign} {limit} of {}: {ratio:.3}, {verdict}",
            self.names[0]
        );
    }
}

/// Where a ratio should be.
#[derive(Debug, Clone, Copy)]
pub enum Target {
    /// Lower is better.
    AtMost(f64),
    /// Higher is better.
    AtLeast(f64),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ratios_are_taken_round_by_round() {
        let mut base = [10.0, 1000.0, 10.0].into_iter();
        let mut other = [20.0, 2000.0, 20.0].into_iter();
        let mut race = Race::new("test", "ns");
        race.runner("base", || base.next().map(Answer::from));
        race.runner("other", || other.next().map(Answer::from));
        race.runner("absent", || None);
        let outcome = race.run(3, false);
        assert_eq!(outcome.ratio("other"), Some(2.0));
        assert_eq!(outcome.value("other"), Some(20.0));
        assert_eq!(outcome.ratio("absent"), None);
    }

    #[test]
    fn thousands_stand_apart() {
        assert_eq!(written(12.34), "12.3");
        assert_eq!(written(1_234_567.8), "1,234,568");
    }
}
