"""Small access reviews: at most ten concrete questions to the owner of rights, at one sitting."""
