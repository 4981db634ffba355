using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace OrleansTokens.Benchmarks;

/// <summary>What is measured, as Markdown: on the console at once, and in a file at the end where one is named.</summary>
internal sealed class Report
{
    private readonly StringBuilder _text = new();

    public Report()
    {
        Line(string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}."));
    }

    public void Line(string text = "")
    {
        Console.WriteLine(text);
        _text.AppendLine(text);
    }

    public void Table(string title, string[] head, IEnumerable<string[]> rows)
    {
        Line();
        Line("### " + title);
        Line();
        Line("| " + string.Join(" | ", head) + " |");
        Line("|" + string.Concat(Enumerable.Repeat("---|", head.Length)));
        foreach (var row in rows)
        {
            Line("| " + string.Join(" | ", row) + " |");
        }
    }

    public void Save(string file) => File.WriteAllText(file, _text.ToString());

    public static string Number(double value, int digits = 0) => value.ToString("N" + digits, CultureInfo.InvariantCulture);

    public static string Percent(double share, int digits = 0) => Number(100 * share, digits) + " %";

    public static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }

    /// <summary>The value below which this share of the sorted values lies; 0 where there is none.</summary>
    public static double Percentile(IReadOnlyList<long> sorted, double share) => sorted.Count == 0 ? 0 : sorted[(int)((sorted.Count - 1) * share)];
}
