"""The datasets of the scoring: criteria, scores without names, who stood aside, and the results that follow."""

from __future__ import annotations

from app.forum.queries import open_data
from app.publication.columns import Dataset, columns

STAGE_AND_ROUND = ("stage text the stage", "round integer number of the round of scoring at this stage")

OF_THE_FORUM: dict[str, Dataset] = {
    "criteria": Dataset(
        "criteria",
        "The criteria the forum adopted, one row for each level of each of them.",
        columns(
            "stage text the stage",
            "version integer version of the criteria at this stage",
            "adopted_at instant when the forum adopted them (UTC)",
            "adopted_late boolean whether proposals had begun to come in by then",
            "content_hash text SHA-256 over everything that was adopted",
            "pass_total text points out of 100 that are asked for",
            "knockout_share text share of the sheets that must say a requirement is met",
            "quorum_min integer fewest score sheets for a proposal",
            "quorum_share text share of the seats that vote and do not stand aside",
            "capacity integer how many go on at most; empty where there is no limit",
            "tie_rule text heaviest or draw: who comes first of two with the same points",
            "position integer place of the criterion in the list",
            "criterion text short name of the criterion",
            "kind text knockout, scored or informative",
            "weight text its weight",
            "min_mean text the mean it has to reach; empty where none is asked for",
            "required boolean whether every sheet has to answer it",
            "reason_rule text never, always or at_or_below: when a level needs a reason",
            "reason_level text the level from which on downwards a reason is needed",
            "reason_min_chars integer fewest characters of a reason",
            "title_es text its title in Spanish",
            "title_en text its title in English, where there is one",
            "help_es text what it means, in Spanish",
            "help_en text what it means, in English",
            "level text value of the level",
            "label_es text words of the level in Spanish",
            "label_en text words of the level in English, where there are some",
            "anchor_es text what the level looks like in practice, in Spanish",
            "anchor_en text what the level looks like in practice, in English",
        ),
        open_data.criteria_rows,
    ),
    "scores": Dataset(
        "scores",
        "Each level that was given in closed rounds of scoring. The key of a sheet is another for every proposal, so "
        "that no seat can be followed from one to the next.",
        columns(
            *STAGE_AND_ROUND,
            "folio text the proposal",
            "sheet text key of the score sheet, only for this proposal",
            "counts boolean whether it counts; false for those of seats without a vote, which are told where there are "
            "three such seats or more",
            "criterion text short name of the criterion",
            "level text value of the level that was given",
        ),
        open_data.score_rows,
    ),
    "recusals": Dataset(
        "recusals",
        "Which seats stood aside on which proposal in closed rounds of scoring.",
        columns(
            *STAGE_AND_ROUND,
            "folio text the proposal",
            "seat integer number of the seat",
            "votes boolean whether the seat votes: then it leaves the base of the quorum",
            "kind text author, institution, family, interest or other",
        ),
        open_data.recusal_rows,
    ),
    "results": Dataset(
        "results",
        "The results of each closed round of scoring by rank; they follow from the three datasets before.",
        columns(
            *STAGE_AND_ROUND,
            "folio text the proposal",
            "verdict text pass, fail, no_quorum or ineligible",
            "total number points out of 100, rounded to three decimals",
            "total_exact text the same as an exact fraction",
            "rank integer its place; empty where it has none",
            "is_within_capacity boolean false for what passes beyond the room there is",
            "n integer score sheets that count",
            "needed integer score sheets that were needed",
            "recused integer seats with a vote that stood aside",
            "mean number mean of the totals of the sheets",
            "median number median of the totals of the sheets",
            "sd number standard deviation of the totals of the sheets, of the whole population",
            "spread number highest total of a sheet less the lowest",
            "flags text disagreement, decided_by_one_score, near_cut or no_quorum, between bars",
            "means text criterion, exact mean on its scale and sheets that answered it, between bars",
            "failed text criteria that were missed, between bars",
            "scores_hash text SHA-256 over the sheets of this proposal",
            "criteria_version integer version of the criteria it was scored by",
            "voting_seats integer seats with a vote when the round was opened",
            "draw text number of the draw for those with the same points",
            "closed_at instant when the round was closed (UTC)",
            "version integer 1 for the first count, more for those that supersede it",
            "counted_at instant when it was counted (UTC)",
            "formula text version of the formula",
            "inputs_hash text SHA-256 over everything that was counted",
        ),
        open_data.result_rows,
    ),
}
