namespace Ketamine.Web.Features.Consultations;

/// <summary>Reads the answers to the clinic's own questions on the booking form.</summary>
public static class QuestionAnswers
{
    /// <summary>Maximum length of one answer, in characters.</summary>
    public const int MaxAnswerLength = 500;

    /// <summary>The name of a question's form field. The prefix keeps it distinct from the site's own fields.</summary>
    public static string FieldName(ConsultationQuestion question) => $"q-{question.Name}";

    /// <summary>All answers, one per line, each after its question; null if nothing was answered.</summary>
    /// <param name="answer">What was typed in answer to a question.</param>
    /// <param name="addError">Called with the field's name and a sentence for each error.</param>
    public static string? Parse(
        ImmutableArray<ConsultationQuestion> questions, Func<ConsultationQuestion, string?> answer, Action<string, string> addError,
        IStringLocalizer<SiteStrings> words)
    {
        var lines = new List<string>();
        foreach (var question in questions)
        {
            var text = TypedText.OneLine(answer(question));
            if (text.Length == 0)
            {
                if (question.Required) addError(FieldName(question), words["Answer this question: {0}", question.Label]);
                continue;
            }

            if (text.Length > MaxAnswerLength) addError(FieldName(question), words["Shorten this to 500 characters or fewer"]);
            else if (question.Choices.Length > 0 && !question.Choices.Contains(text)) addError(FieldName(question), words["Choose one of the answers"]);
            else lines.Add($"{question.Label} {text}");
        }

        return lines.Count == 0 ? null : string.Join('\n', lines);
    }
}
