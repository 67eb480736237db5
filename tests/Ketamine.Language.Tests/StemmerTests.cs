using Microsoft.Data.Sqlite;

namespace Ketamine.Language.Tests;

public sealed class StemmerTests
{
    // SQLite's porter tokenizer is an independent implementation of the same paper.
    [Fact]
    public void every_word_of_the_sample_has_the_stem_that_sqlite_gives_it()
    {
        var words = Directory
            .EnumerateFiles(Repository.PathOf("content"), "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".md" or ".yml" && Path.GetFileName(file) != "claims.yml") // whose patterns hold pieces of words
            .SelectMany(file => WordsOf(File.ReadAllText(file)))
            .Where(word => word.All(char.IsAsciiLetter))
            .Distinct()
            .ToList();
        words.Count.ShouldBeGreaterThan(2000);

        using var database = new SqliteConnection("Data Source=:memory:");
        database.Open();
        Run("CREATE VIRTUAL TABLE words USING fts5(word, tokenize = 'porter ascii')").ExecuteNonQuery();
        Run("CREATE VIRTUAL TABLE stems USING fts5vocab(words, instance)").ExecuteNonQuery();
        for (var i = 0; i < words.Count; i++)
        {
            var insert = Run("INSERT INTO words(rowid, word) VALUES ($row, $word)");
            insert.Parameters.AddWithValue("$row", i);
            insert.Parameters.AddWithValue("$word", words[i]);
            insert.ExecuteNonQuery();
        }

        var wrong = new List<string>();
        using var stems = Run("SELECT doc, term FROM stems").ExecuteReader();
        while (stems.Read())
        {
            var (word, theirs) = (words[stems.GetInt32(0)], stems.GetString(1));
            if (Stemmer.English(word) != theirs) wrong.Add($"{word}: {Stemmer.English(word)}, not {theirs}");
        }

        wrong.ShouldBeEmpty();

        SqliteCommand Run(string sql)
        {
            var command = database.CreateCommand();
            command.CommandText = sql;
            return command;
        }
    }

    [Theory]
    [InlineData("tratamientos", "tratamiento")]
    [InlineData("dolores", "dolor")]
    [InlineData("veces", "vez")]
    [InlineData("clinicas", "clinica")]
    public void spanish_plurals_and_genders_share_a_stem(string one, string other) => Stemmer.Spanish(one).ShouldBe(Stemmer.Spanish(other));

    [Theory]
    [InlineData("ketamine", "ketmaine", 1)]
    [InlineData("ketamine", "ketamin", 1)]
    [InlineData("ketamine", "katamime", 2)]
    [InlineData("ketamine", "depression", 3)]
    [InlineData("ab", "ba", 1)]
    [InlineData("", "ab", 2)]
    public void typos_are_counted_up_to_the_limit(string one, string other, int slips)
    {
        EditDistance.Typos(one, other, 2).ShouldBe(slips);
        EditDistance.Typos(other, one, 2).ShouldBe(slips);
        if (slips <= 2) EditDistance.MayBeNear(EditDistance.Letters(one), EditDistance.Letters(other), slips).ShouldBeTrue();
    }

    private static List<string> WordsOf(string text)
    {
        var words = new List<string>();
        var reader = new WordReader(text);
        while (reader.Read()) words.Add(reader.Word.ToString());
        return words;
    }
}
