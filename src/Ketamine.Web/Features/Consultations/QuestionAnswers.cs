using System.Collections.Immutable;
using Ketamine.Content;
using Ketamine.Web.Leads;
using Microsoft.Extensions.Localization;

namespace Ketamine.Web.Features.Consultations;

/// <summary>The clinic's own questions of a booking form.</summary>
public static class QuestionAnswers
{
    /// <summary>Characters of one answer.</summary>
    public const int MaxAnswerLength = 500;

    /// <summary>Prefixed, so that no question can take a field of the site's own.</summary>
    public static string FieldName(ConsultationQuestion question) => $"q-{question.Name}";

    /// <summary>All answers, a line each; null when nothing was answered. Faults go to <paramref name="wrong"/>.</summary>
    public static string? Parse(
        ImmutableArray<ConsultationQuestion> questions, Func<ConsultationQuestion, string?> answer, Action<string, string> wrong, IStringLocalizer<SiteStrings> words)
    {
        var lines = new List<string>();
        foreach (var question in questions)
        {
            var text = TypedText.OneLine(answer(question));
            if (text.Length == 0)
            {
                if (question.Required) wrong(FieldName(question), words["Answer this question: {0}", question.Label]);
                continue;
            }

            if (text.Length > MaxAnswerLength) wrong(FieldName(question), words["Shorten this to 500 characters or fewer"]);
            else if (question.Choices.Length > 0 && !question.Choices.Contains(text)) wrong(FieldName(question), words["Choose one of the answers"]);
            else lines.Add($"{question.Label} {text}");
        }

        return lines.Count == 0 ? null : string.Join('\n', lines);
    }
}
