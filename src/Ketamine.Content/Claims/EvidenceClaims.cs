using System.Collections.Immutable;
using System.Text.RegularExpressions;

namespace Ketamine.Content.Claims;

/// <summary>One claim of a sentence.</summary>
/// <param name="Topics">The conditions or parts of the brain that it names, as topics of bibliography.yml; empty if it names none.</param>
/// <param name="Over">For <see cref="EvidenceClaim.Superiority"/>, the treatment that it is said to beat.</param>
/// <param name="Limit">The sentence only says that something wasn't found, or that it ended.</param>
/// <param name="Mixed">The sentence states both a benefit and a limit.</param>
internal sealed record SentenceClaim(EvidenceClaim Kind, ImmutableArray<string> Topics, string? Over, bool Limit, bool Mixed);

/// <summary>What a sentence claims that needs evidence, whom it is about, and how it limits the claim.</summary>
/// <param name="Ill">Whether it is about people who are ill, or addresses the reader.</param>
internal sealed partial record EvidenceClaims(
    ImmutableArray<SentenceClaim> Claims,
    EvidenceSubjects Subjects,
    bool Esketamine,
    bool Ketamine,
    bool Uncontrolled,
    bool Ill
)
{
    private static readonly (Regex Words, string Topic)[] Conditions =
    [
        (Suicide(), "suicidality"),
        (Ptsd(), "ptsd"),
        (Depression(), "depression"),
        (Anxiety(), "anxiety"),
        (RegionalPain(), "crps"),
        (OtherPain(), "other-pain"),
        (AcutePain(), "acute-pain"),
        (Pain(), "chronic-pain"),
    ];

    private static readonly (Regex Words, string Topic)[] Parts =
    [
        (Opioid(), "mechanism-opioid"),
        (Nmda(), "mechanism-nmda"),
        (Glutamate(), "mechanism-glutamate"),
        (Bdnf(), "mechanism-bdnf"),
        (Plasticity(), "mechanism-plasticity"),
        (Network(), "default-mode-network"),
    ];

    private static readonly SievedPatterns Patterns = new([
        .. Conditions.Concat(Parts).Select(topic => topic.Words),
        Animals(), Approval(), Benefit(), EsketamineWord(), Fast(), Harm(), IsIll(), KetamineWord(), Lasting(), Limit(), NoComparison(), Outcome(),
        Over(), OverKetamine(), People(), Predicts(), Quick(), Safe(), TherapyFirst(), Users(), Volunteers(),
    ]);

    public static EvidenceClaims Of(string sentence)
    {
        var plain = Plain(sentence);
        var text = Patterns.On(plain);
        var conditions = TopicsOf(text, Conditions);
        if (conditions.Contains("crps") || conditions.Contains("other-pain") || conditions.Contains("acute-pain"))
            conditions = conditions.Remove("chronic-pain");
        var limit = text.IsMatch(Limit());
        var benefit = limit ? Benefit().IsMatch(Limit().Replace(plain, " ")) : text.IsMatch(Benefit());
        var mixed = limit && benefit;
        var claims = ImmutableArray.CreateBuilder<SentenceClaim>();
        var parts = TopicsOf(text, Parts);
        var subjects =
            text.IsMatch(Animals()) ? EvidenceSubjects.Animals
            : text.IsMatch(Volunteers()) ? EvidenceSubjects.Volunteers
            : text.IsMatch(Users()) ? EvidenceSubjects.Users
            : EvidenceSubjects.Patients;

        var over =
            text.IsMatch(OverKetamine()) ? "ketamine"
            : text.IsMatch(TherapyFirst()) ? "medication"
            : text.Match(Over()) is { Success: true } beaten ? ComparedTreatment(beaten.Groups["what"].Value)
            : null;
        if (over is not null) claims.Add(new SentenceClaim(EvidenceClaim.Superiority, [], over, Limit: limit && !benefit, mixed));
        if (parts.IsEmpty || over is not null)
        {
            if (
                over is null
                && subjects == EvidenceSubjects.Patients
                && (benefit || limit)
                && (!conditions.IsEmpty || benefit && text.IsMatch(Outcome()) || text.IsMatch(People()))
                && !text.IsMatch(Approval())
            )
                claims.Add(new SentenceClaim(EvidenceClaim.Efficacy, conditions, null, limit && !benefit, mixed));
        }
        else claims.Add(new SentenceClaim(EvidenceClaim.Mechanism, parts, null, limit && !benefit, mixed));

        if (subjects == EvidenceSubjects.Patients && parts.IsEmpty && (benefit || text.IsMatch(Quick())))
        {
            if (text.IsMatch(Fast()) && !text.IsMatch(Harm())) claims.Add(new SentenceClaim(EvidenceClaim.Speed, conditions, null, Limit: false, mixed));
            if (!limit && text.IsMatch(Lasting())) claims.Add(new SentenceClaim(EvidenceClaim.Durability, conditions, null, Limit: false, mixed));
        }

        if (!limit && text.IsMatch(Predicts())) claims.Add(new SentenceClaim(EvidenceClaim.Efficacy, ["prediction"], null, Limit: false, Mixed: false));
        if (text.IsMatch(Safe())) claims.Add(new SentenceClaim(EvidenceClaim.Safety, [], null, Limit: false, Mixed: false));
        else if (text.IsMatch(Harm())) claims.Add(new SentenceClaim(EvidenceClaim.Risk, [], null, Limit: false, Mixed: false));
        return new EvidenceClaims(
            claims.ToImmutable(),
            subjects,
            text.IsMatch(EsketamineWord()),
            text.IsMatch(KetamineWord()),
            text.IsMatch(NoComparison()),
            text.IsMatch(IsIll())
        );
    }

    /// <summary>The words for harm in a sentence, shortened to their stems. A work without any of them doesn't support the sentence.</summary>
    public static IEnumerable<string> HarmWords(string text) =>
        Harm().Matches(Plain(text)).Select(match => match.Value[..Math.Min(5, match.Length)]).Distinct(StringComparer.Ordinal);

    private static ImmutableArray<string> TopicsOf(SievedPatterns.Sieved text, (Regex Words, string Topic)[] known) =>
        [.. known.Where(topic => text.IsMatch(topic.Words)).Select(topic => topic.Topic)];

    private static string ComparedTreatment(string what) => what switch
    {
        _ when what.Contains("ect", StringComparison.Ordinal)
                || what.Contains("electro", StringComparison.Ordinal)
                || what.Contains("shock", StringComparison.Ordinal) => "ect",
        _ when what.Contains("quetiapine", StringComparison.Ordinal) => "quetiapine",
        _ when what.Contains("therap", StringComparison.Ordinal) || what.Contains("counsel", StringComparison.Ordinal) => "therapy",
        _ => "antidepressants",
    };

    private static string Plain(string text) => text.ToLowerInvariant().Replace('’', '\'').Replace('‘', '\'').Replace('\u2011', '-').Replace('\u00a0', ' ');

    private const RegexOptions Options = RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture;

    [GeneratedRegex(@"\bsuicid\w*|\bending\s+\w+\s+life\b", Options)]
    private static partial Regex Suicide();

    [GeneratedRegex(@"\bptsd\b|\btrauma\w*|\bpost-?traumatic\b|\bflashbacks?\b", Options)]
    private static partial Regex Ptsd();

    [GeneratedRegex(@"\bdepress\w*|\bantidepressant\s+effects?\b|\bmoods?\b|\bmelanchol\w*", Options)]
    private static partial Regex Depression();

    [GeneratedRegex(@"\banxi\w*|\bpanic\b|\bworr(?:y|ies)\b", Options)]
    private static partial Regex Anxiety();

    [GeneratedRegex(@"\bcrps\b|\bregional\s+(?:pain\s+)?syndrome\b", Options)]
    private static partial Regex RegionalPain();

    [GeneratedRegex(@"\bfibromyalgia\b|\bmigraines?\b|\bback\s+pain\b|\bheadaches?\s+(?:sufferers|patients)|\bnerve\s+pain\b|\bneuropath\w*", Options)]
    private static partial Regex OtherPain();

    [GeneratedRegex(@"\bafter\s+(?:an?\s+)?(?:surgery|operation)|\b(?:sudden|acute)\s+pain\b", Options)]
    private static partial Regex AcutePain();

    [GeneratedRegex(@"\bpain\b", Options)]
    private static partial Regex Pain();

    [GeneratedRegex(@"\bopioid\w*|\bnaltrexone\b", Options)]
    private static partial Regex Opioid();

    [GeneratedRegex(@"\bnmda\b|\bkind\s+of\s+receptor\b", Options)]
    private static partial Regex Nmda();

    [GeneratedRegex(@"\bglutamate\b|\bampa\b", Options)]
    private static partial Regex Glutamate();

    [GeneratedRegex(@"\bbdnf\b|\bgrowth\s+(?:protein|factor)", Options)]
    private static partial Regex Bdnf();

    [GeneratedRegex(
        @"\bsynap\w*|\bspines?\b|\bnew\s+(?:brain\s+)?connections\b|\b(?:connections|links)\s+between\s+(?:brain|nerve)?\s*cells\b|"
            + @"\b(?:neuro)?plasticity\b|\brewir\w*|\bnew\s+(?:neurons|brain\s+cells)\b|\bmtor\b",
        Options
    )]
    private static partial Regex Plasticity();

    [GeneratedRegex(@"\bdefault\s+mode\b|\bbrain\s+(?:scans?|networks?)\b|\bresting\s+brain\b|\bseesaw\b|\bscans?\b", Options)]
    private static partial Regex Network();

    [GeneratedRegex(@"\b(?:mice|mouse|rats?|rodents?|animals?|in\s+a\s+dish|laborator(?:y|ies)|microscopes?|animal\s+work)\b", Options)]
    private static partial Regex Animals();

    [GeneratedRegex(@"\bhealthy\b|\bvolunteers?\b", Options)]
    private static partial Regex Volunteers();

    [GeneratedRegex(
        @"\brecreational\w*|\b(?:people|those|users)\s+(?:who\s+)?misus\w+|\bonline\s+survey\b|\b(?:those|people)\s+who\s+(?:stopped|quit)\b|\busers\b",
        Options
    )]
    private static partial Regex Users();

    [GeneratedRegex(
        @"\b(?:eas(?:e|es|ed|ing)|reliev\w*|relief|help(?:s|ed|ful|ing)?|improv\w*|treats?|lifts?|lifted|lessen\w*|reduc\w*|"
            + @"lower(?:s|ed|ing)?|cuts?|works?(?!\s+(?:with|out|by(?!\s+itself)|for\s+the|there|on(?!\s+(?:its|their)\s+own)))|"
            + @"(?:excellent|great|amazing|impressive|strong|good)\s+results|success(?:ful|es)?|worked|effective\w*|benefi\w*|"
            + @"respon(?:d|ds|ded|se)\b|remission|recover\w*|get\s+(?:well|better)|gets?\s+better|got\s+better|feel\s+better|better\s+(?:than|in|for)|"
            + @"fell|dropped|drops?|halved|cur(?:e|es|ed)|beats?|outperform\w*|superior|ahead|"
            + @"stops?\s+(?:suicid|pain|panic)\w*|end(?:s|ed)?\s+depress\w*|heals?|fades?\s+depress\w*)\b",
        Options
    )]
    private static partial Regex Benefit();

    [GeneratedRegex(
        @"\b(?:(?:did|do|does|has|have|had|was|were|is|are|can|could|will|would)(?:\s+not|n't)|can't|cannot)\s+(?:\w+\s+){0,3}"
            + @"(?:beat|help\w*|separate|differ|come\s+out\s+ahead|do\s+better|work\w*|improve\w*|show\w*|found|prove\w*|last\w*|eas\w*|prevent\w*|reduc\w*|"
            + @"say|tell|statistic\w*|clear\w*|reach\w*|check\w*)\b(?:(?!\bbut\b|\bthough\b|\balthough\b|\byet\b|,\s+and\b|,\s+so\b)[^.;]){0,120}|"
            + @"^[^.;]{0,80}?\b(?:ha(?:ve|s)|is|are)(?:\s+not|n't)\s+(?:been\s+)?(?:well\s+)?(?:studied|known|recorded)\b|"
            + @"\bno\s+(?:better|(?:clear\s+|real\s+)?(?:difference|benefit|effect|edge|comparison|control|placebo|proof|evidence))\b|"
            + @"\bnegative\b|\bfail(?:s|ed)?\b|\bmissed\b|\bweak\b|\babsent\b|\bshort-lived\b|\bfad(?:e|es|ed|ing)\b|\brelaps\w*|\bthin\b|"
            + @"\bnot\s+(?:clearly|been\s+shown|proof|settled|shown)\b|\buntested\b|"
            + @"\bonly\s+a\s+hint\b|\bhint\b|\bno\s+longer\s+be\s+told\b|\bneither\b|\bdisput\w*|\bhypothes\w*|\bwithout\s+a\s+(?:control|comparison)\b|"
            + @"\blittle\s+long-term\b|\bpoorly\s+(?:recorded|studied)\b|\b(?:not|n't)\s+(?:yet\s+)?(?:been\s+)?(?:well\s+)?(?:stud|check|test)\w+",
        Options
    )]
    private static partial Regex Limit();

    [GeneratedRegex(@"\bsymptoms?\b|\bpeople\b|\bpatients?\b|\badults?\b|\bveterans\b|\bscores?\b|\bcompletely\b|\bketamine\b|\bit\b", Options)]
    private static partial Regex Outcome();

    [GeneratedRegex(@"\bpercent\b|%|\b(?:half|third|thirds|quarter)\s+of\b", Options)]
    private static partial Regex People();

    [GeneratedRegex(@"\bpredicts?\b|\b(?:shows?|tells?)\s+(?:you\s+|us\s+|in\s+advance\s+)?who\s+(?:will|responds?|gets?)\b|\bknow\s+in\s+advance\b", Options)]
    private static partial Regex Predicts();

    [GeneratedRegex(@"\bdepressed\b|\bpatients?\b|\bpeople\s+(?:with|who\s+have|in)\b|\byou(?:r)?\b", Options)]
    private static partial Regex IsIll();

    [GeneratedRegex(
        @"\bapprov\w*|\boff-label\b|\bboxed\s+warning\b|\blabel\b|\bguideline\b[^.]{0,60}\b(?:puts|recommends)\b|\bgathered\b|"
            + @"\badvise\w*\s+against\b|\bcertified\b|\bmay\s+(?:also\s+)?be\s+used\b|\bbecame\s+(?:possible|usable)\b|"
            + @"\bcharged\b|\badvertis\w*|\bwarn(?:s|ed)?\b|\bcan\s+call\b|\b988\b",
        Options
    )]
    private static partial Regex Approval();

    [GeneratedRegex(@"\bworks?\b|\bacts?\b|\bhelps?\b", Options)]
    private static partial Regex Quick();

    [GeneratedRegex(
        @"\bwithin\s+(?:about\s+)?(?:\w+\s+)?(?:minutes|hours?|a\s+day)\b|\bin\s+(?:just\s+)?(?:minutes|hours)\b|"
            + @"\bquick(?:ly)?\b|\brapid(?:ly)?\b|\bfast(?:er)?\b|\binstant\w*|\bimmediate\w*|\bsame\s+day\b|\bby\s+the\s+next\s+day\b|\bovernight\b",
        Options
    )]
    private static partial Regex Fast();

    [GeneratedRegex(
        @"\b(?:lasts?|lasted|lasting|permanent\w*|sustained|for\s+(?:many\s+)?(?:months|years|good|life)|"
            + @"for\s+(?:a|one|two|several)\s+years?|long[- ]term\s+(?:relief|benefit|remission|improvement)|stays?\s+(?:well|better)|"
            + @"keeps?\s+working|durable|never\s+(?:comes?|came)\s+back|still\s+(?:in\s+remission|well|better)|(?:months?|years?)\s+later)\b",
        Options
    )]
    private static partial Regex Lasting();

    [GeneratedRegex(
        @"\b(?:is|are|be|as|proven|very|remarkably|completely)\s+(?:\w+\s+)?safe(?:ly)?\b(?!\s+(?:and\s+effective\s+for\s+anything|enough\?))|"
            + @"\bsafe\s+(?:and|for|way|option|treatment)\b|\bwell[- ]tolerated\b|\bno\s+(?:serious\s+|lasting\s+)?(?:side\s+effects|harm|risks?)\b|"
            + @"\bharmless\b|\b(?:not|isn't|never)\s+(?:\w+\s+)?(?:addictive|habit-forming)\b|\bfew(?:er)?\s+side\s+effects\b|"
            + @"\b(?:low|minimal|little)\s+risk\b|\bmild\s+and\s+short\b|\bgentle\b|\bwithout\s+(?:side\s+effects|risk|harm)\b",
        Options
    )]
    private static partial Regex Safe();

    [GeneratedRegex(
        @"\b(?:side\s+effects?|adverse|nausea|dissociat\w*|detach\w*|dizz\w*|bladder|urinary|kidneys?|liver|breathing|blood\s+pressure|heart\s+rate|"
            + @"dependen\w*|misus\w*|addict\w*|psychosis-like|psychotic|psychosis|memory|sedation|sleepy|overdos\w*|harm(?!less)\w*|seizures?)\b",
        Options
    )]
    private static partial Regex Harm();

    [GeneratedRegex(
        @"\b(?:better|faster|superior|stronger|safer|more\s+(?:effective|often|relief|potent)|beats?|outperform\w*|outdoes|"
            + @"ahead\s+of|wins?\s+(?:over|against))\b[^.;]{0,40}?"
            + @"\b(?<what>ect|electroconvulsive\s+therapy|electroshock|shock\s+therapy|"
            + @"(?:oral\s+|traditional\s+|other\s+|standard\s+|conventional\s+)*(?:antidepressants?|ssris?|medications?|medicines?|pills?|drugs?|treatments?)|"
            + @"(?:talk\s+)?therap(?:y|ies)|counseling|quetiapine)\b",
        Options
    )]
    private static partial Regex Over();

    [GeneratedRegex(
        @"\bect\b[^.;]{0,80}\b(?:more|better|higher|superior|ahead|brought|eased|leaned)\b|\bleaned\s+toward\s+ect\b|\bect\b[^.;]{0,30}\b(?:ahead|superior)\b",
        Options
    )]
    private static partial Regex OverKetamine();

    [GeneratedRegex(@"\btalk(?:ing)?\s+therap\w+[^.;]{0,80}\b(?:ahead\s+of|before|over|first)\b", Options)]
    private static partial Regex TherapyFirst();

    [GeneratedRegex(@"\besketamine\b|\bspravato\b|\bnasal\s+spray\b", Options)]
    private static partial Regex EsketamineWord();

    [GeneratedRegex(@"(?<!es)\bketamine\b|\binfusions?\b", Options)]
    private static partial Regex KetamineWord();

    [GeneratedRegex(
        @"\bno\s+(?:comparison|control|placebo)\s+group\b|\bwithout\s+a\s+(?:comparison|control|placebo)\b|"
            + @"\bprivate\s+practices\b|\bsurvey\w*|\bcompany(?:'s)?\b|\bopen-label\b|\beveryone\s+knew\b|"
            + @"\brising\s+doses\b|\bearly\s+signals?\b|\bassociation\b|\b(?:people|those)\s+who\s+finished\b",
        Options
    )]
    private static partial Regex NoComparison();
}
