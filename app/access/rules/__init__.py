"""Pure rules of roles and waves: fit, plan, proof, limits, approval, order of steps."""
