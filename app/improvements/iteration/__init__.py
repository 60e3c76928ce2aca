"""One iteration on one page: prediction and result, people, gate, findings, decision."""
