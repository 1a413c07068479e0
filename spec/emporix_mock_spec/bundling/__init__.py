"""The steps of `emporix_mock_spec.bundle`: strip, find equal shapes, name them, bring our words back."""
