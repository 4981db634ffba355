using System.Diagnostics.Metrics;
using System.Reflection;

namespace OrleansTokens.Client.Tests.Leases;

/// <summary>Follows references as a garbage collector does, but not into the tests, nor over the meters that a process has in common.</summary>
internal static class Reachable
{
    /// <summary>All objects that can be reached over fields and elements.</summary>
    public static IReadOnlyCollection<object> From(params object[] roots)
    {
        var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
        var open = new Stack<object>(roots);
        while (open.TryPop(out var next))
        {
            var isElsewhere = next is Type or MemberInfo or Pointer or IGrainFactory or Meter or Instrument
                || next.GetType().Assembly == typeof(Reachable).Assembly;
            if (isElsewhere || !seen.Add(next))
            {
                continue;
            }

            foreach (var value in ValuesOf(next))
            {
                open.Push(value);
            }
        }

        return seen;
    }

    private static IEnumerable<object> ValuesOf(object holder)
    {
        if (holder is Array { Rank: 1 } array && !array.GetType().GetElementType()!.IsPrimitive)
        {
            return array.Cast<object?>().OfType<object>();
        }

        var fields = new List<object>();
        for (var type = holder.GetType(); type is not null && !type.IsPrimitive && !type.IsArray && type != typeof(string); type = type.BaseType)
        {
            fields.AddRange(type
                .GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
                .Where(static field => !field.FieldType.IsPointer && !field.FieldType.IsByRefLike)
                .Select(field => field.GetValue(holder))
                .OfType<object>());
        }

        return fields;
    }
}
