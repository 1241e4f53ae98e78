"""Quality of people: gold tasks, scores, rules and what they do, qualifications; the numbers: `labeling.quality`."""
