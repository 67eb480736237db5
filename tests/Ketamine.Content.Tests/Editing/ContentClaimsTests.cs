using Ketamine.Content.Editing;
using Ketamine.Content.Tests.Claims;

namespace Ketamine.Content.Tests.Editing;

public class ContentClaimsTests
{
    [Fact]
    public void a_line_in_is_a_line_out()
    {
        var output = new StringWriter { NewLine = "\n" };
        var input = new StringReader(
            "\ufeffKetamine is a cure.\r\n\r\nKetamine is not a cure.\n"
                + "In one trial 67 percent responded to ketamine.\nIn one trial 67 percent responded to ketamine [@feder-2021].\n"
                + "Buy five infusions, get one free.\n   \n"
                + new string('x', 200_000)
                + "\nWe are open on Monday. Ketamine cures everything."
        );
        ContentClaims.Run(input, Rules.Own, output).ShouldBe(0);
        output.ToString().ShouldBe("""
            block cure
            none -
            none -
            needs-citation success-rate
            none -
            block price-pressure
            none -
            none -
            block cure

            """.ReplaceLineEndings("\n"));
    }
}
