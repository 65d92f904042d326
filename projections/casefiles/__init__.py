"""What inspectors take away: pages of trails, figures beside them, and signed casefiles."""
