using System.Text;

namespace Atbb.Sample;

/// <summary>Text that reads like people in a forum about gardens and workshops.</summary>
sealed class SampleProse(Random random)
{
    static readonly string[] Things =
    [
        "the old bicycle", "my sourdough", "a compost heap", "the shed roof", "this radio", "the tomato bed", "a wooden spoon", "the kitchen tap",
        "our street map", "the reading lamp", "a borrowed drill", "the rain barrel", "my notebook", "the apple tree", "a cracked window",
        "the neighbours' cat", "an enamel pot", "the garden path", "a bread oven", "the winter coat", "my first kite", "the water meter",
    ];

    static readonly string[] Deeds =
    [
        "needs more patience than", "works far better than", "reminds me of", "took longer to mend than", "looks good next to", "costs less than",
        "was easier to clean than", "deserves a thread as much as", "survived the storm, unlike", "smells better than", "turned out nicer than",
    ];

    static readonly string[] Openings =
    [
        "Honestly,", "After a week of trying,", "Small update:", "For what it is worth,", "I was told that", "Last night", "Nobody warned me that",
        "My grandmother says", "To my surprise", "As promised,", "In this weather", "If you ask me,",
    ];

    static readonly string[] Closings =
    [
        "Has anyone else seen this?", "Pictures tomorrow.", "Thanks for the advice!", "I will report back.", "Ask me again in spring.",
        "That is all I know.", "What would you do?", "It was worth it.", "Never again. 🙂", "The café on the corner agrees.",
    ];

    static readonly string[] Questions =
    [
        "How do you look after", "What went wrong with", "Show us", "In praise of", "Advice wanted:", "Who has an opinion on", "A short history of",
        "Is it too late for", "Looking for", "Finally finished:",
    ];

    static readonly string[] Agreements =
    [
        "Good point.", "I see it the other way round.", "Same here.", "That is a fine idea.", "Careful with that.", "Ha!", "Thank you, that helped.",
        "I had not thought of it.", "Welcome, by the way.", "Yes and no.",
    ];

    static readonly string[] Names =
    [
        "ada", "bruno", "chidi", "dana", "emre", "fatima", "goran", "hana", "ines", "jonas", "kaya", "liam", "mira", "noor", "olga", "pavel", "quinn",
        "rosa", "sami", "tove", "uma", "viktor", "wren", "xenia", "yusuf", "zoe",
    ];

    static readonly string[] Trades = ["mends", "gardens", "bakes", "reads", "paints", "walks", "solders", "knits", "sails", "builds"];

    public string Handle(int number) => $"{Pick(Names)}-{Pick(Trades)}-{number}.sample.test";

    public string Title() => $"{Pick(Questions)} {Pick(Things)}";

    public string Topic() => Sentences(2 + random.Next(4)) + " " + Pick(Closings);

    public string Reply()
    {
        var text = Pick(Agreements) + " " + Sentences(1 + random.Next(2));
        return random.Next(3) == 0 ? text + " " + Pick(Closings) : text;
    }

    string Sentences(int count)
    {
        var text = new StringBuilder();
        for (var i = 0; i < count; i++)
        {
            var thing = Pick(Things);
            var sentence = $"{Pick(Openings)} {thing} {Pick(Deeds)} {Other(thing)}.";
            text.Append(i > 0 ? " " : "").Append(sentence);
        }

        return text.ToString();
    }

    string Other(string thing)
    {
        var other = Pick(Things);
        return other == thing ? "anything else" : other;
    }

    string Pick(string[] words) => words[random.Next(words.Length)];
}
